using Backend.Onnx.Device;

namespace Backend.Onnx.Shared;

/// <summary>What the components of this plugin have in common.</summary>
internal class OnnxOptions
{
    /// <summary>"cpu", or "cuda:0" and its like.</summary>
    public string Device { get; set; } = OnnxDevice.Cpu;
}
