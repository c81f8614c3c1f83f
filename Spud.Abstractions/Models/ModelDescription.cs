using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spud;

/// <summary>A model as its family understands it; numbers that files omit are filled in.</summary>
public sealed class ModelDescription
{
    /// <summary>"llama", "qwen3moe", …: as the file says.</summary>
    public required string Architecture { get; init; }

    /// <summary>C: width of the residual stream.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>V: rows of the embedding; token ids are below it.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Tokens that the model was made for.</summary>
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
    public float Number(string trait, float otherwise) => Traits.TryGetValue(trait, out float number) ? number : otherwise;
}
