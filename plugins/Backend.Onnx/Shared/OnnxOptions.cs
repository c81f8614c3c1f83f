using Backend.Onnx.Device;

namespace Backend.Onnx.Shared;

/// <summary>Options shared by the components of this plugin.</summary>
internal class OnnxOptions
{
    /// <summary>The device, such as "cpu" or "cuda:0".</summary>
    public string Device { get; set; } = OnnxDevice.Cpu;
}
