using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Weights and numbers of a component's own, made for one model: a small GGUF file that a pipeline names with <c>"pack"</c>. Its key
/// <c>spud.pack.model</c> is the <see cref="IBuildContext.ModelHash"/> of that model; for another model the host refuses it. Every tensor
/// must be taken. Tensors named as weights are ("blk.N.…") count in their layer.
/// </summary>
[Experimental(Experiments.Id)]
public interface IPack : IWeightSource
{
    /// <summary>A string of the metadata; null: there is none of that name.</summary>
    /// <exception cref="RefusedException">It is not a string.</exception>
    string? Text(string key);

    /// <summary>A number of the metadata, of any type; null: there is none of that name.</summary>
    /// <exception cref="RefusedException">It is not a number.</exception>
    double? Number(string key);
}
