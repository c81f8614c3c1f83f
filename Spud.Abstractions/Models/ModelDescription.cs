using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spud;

/// <summary>A model as its family reads it. Numbers that the file leaves out are filled in.</summary>
public sealed class ModelDescription
{
    /// <summary>Name of the family, as in the file: "llama", "qwen3moe".</summary>
    public required string Architecture { get; init; }

    /// <summary>C: width of the residual stream.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>V: number of rows of the embedding; token ids are 0 .. V - 1.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Maximum length of a text, in tokens, that the model was trained for.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Epsilon of every RMS norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>[L]: the layers, in the order of the forward pass.</summary>
    public required ImmutableArray<LayerDescription> Layers { get; init; }

    /// <summary>Traits of the head.</summary>
    public required FrozenDictionary<string, float> Traits { get; init; }

    /// <summary>Whether the head has the trait.</summary>
    public bool Has(string trait) => Traits.ContainsKey(trait);

    /// <summary>The trait's number.</summary>
    /// <param name="trait">One of <see cref="Trait"/>.</param>
    /// <param name="otherwise">Returned if the head does not have the trait.</param>
    public float Number(string trait, float otherwise) => Traits.TryGetValue(trait, out float number) ? number : otherwise;
}
