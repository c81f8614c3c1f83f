using System.ComponentModel.DataAnnotations;
using Backend.Torch.Device;

namespace Backend.Torch.Shared;

/// <summary>Options of head, attention and experts "torch".</summary>
internal sealed class TorchOptions
{
    /// <summary>The device to compute on: "cpu", "cuda" or "cuda:1".</summary>
    [RegularExpression(TorchDevice.Names)]
    public string Device { get; set; } = "cpu";

    /// <summary>Type of weights and of the inputs of products: "f32" is exact, "bf16" needs half the memory and is faster.</summary>
    public ComputeType Dtype { get; set; } = ComputeType.F32;
}
