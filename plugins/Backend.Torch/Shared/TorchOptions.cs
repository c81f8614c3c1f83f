using System.ComponentModel.DataAnnotations;
using Backend.Torch.Device;

namespace Backend.Torch.Shared;

/// <summary>Options of head, attention and experts "torch".</summary>
internal sealed class TorchOptions
{
    /// <summary>Where to compute: "cpu", "cuda" or "cuda:1".</summary>
    [RegularExpression(TorchDevice.Names)]
    public string Device { get; set; } = "cpu";

    /// <summary>Type of weights and of what products read: "f32" is exact, "bf16" needs half the memory and is faster.</summary>
    public ComputeType Dtype { get; set; } = ComputeType.F32;
}
