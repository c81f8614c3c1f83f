using System.ComponentModel.DataAnnotations;
using Backend.Torch.Device;

namespace Backend.Torch.Router;

/// <summary>Options of router "torch".</summary>
internal sealed class RouterOptions
{
    /// <summary>The device to compute on: "cpu", "cuda" or "cuda:1".</summary>
    [RegularExpression(TorchDevice.Names)]
    public string Device { get; set; } = "cpu";

    /// <summary>Experts per row; absent: as many as the model was trained with.</summary>
    [Range(1, 1024)]
    public int? Experts { get; set; }
}
