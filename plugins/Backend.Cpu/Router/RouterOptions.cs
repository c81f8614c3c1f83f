using System.ComponentModel.DataAnnotations;

namespace Backend.Cpu.Router;

/// <summary>Options of router "top-k".</summary>
internal sealed class RouterOptions
{
    /// <summary>Experts per row; absent: as many as the model was trained with.</summary>
    [Range(1, 1024)]
    public int? Experts { get; set; }
}
