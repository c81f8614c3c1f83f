using System.ComponentModel.DataAnnotations;
using Backend.Onnx.Shared;

namespace Backend.Onnx.Router;

/// <summary>Options of router "onnx".</summary>
internal sealed class RouterOptions : OnnxOptions
{
    /// <summary>Experts per row; absent: as many as the model was trained with.</summary>
    [Range(1, 1024)]
    public int? Experts { get; set; }
}
