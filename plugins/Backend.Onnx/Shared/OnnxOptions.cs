namespace Backend.Onnx.Shared;

/// <summary>What the components of this plugin have in common.</summary>
internal class OnnxOptions
{
    /// <summary>"cpu".</summary>
    public string Device { get; set; } = Shared.Device.Cpu;
}
