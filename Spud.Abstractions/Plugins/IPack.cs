using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A component's own weights and numbers, made for one model: a small GGUF file that a pipeline names with <c>"pack"</c>. Its key
/// <c>spud.pack.model</c> is the <see cref="IBuildContext.ModelHash"/> of the model; the host refuses the file for any other model. Every
/// tensor must be taken. Tensors that are named like weights ("blk.N.…") count in their layer.
/// </summary>
[Experimental(Experiments.Id)]
public interface IPack : IWeightSource
{
    /// <summary>A string of the metadata; null: there is no such key.</summary>
    /// <exception cref="RefusedException">It is not a string.</exception>
    string? Text(string key);

    /// <summary>A number of the metadata, of any numeric type; null: there is no such key.</summary>
    /// <exception cref="RefusedException">It is not a number.</exception>
    double? Number(string key);
}
