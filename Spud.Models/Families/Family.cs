using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>
/// The distinguishing features of an architecture, as data: there is no class and no forward pass per model. Traits listed here hold for every layer;
/// those stated in a file by a key or by the presence of a tensor are read by <see cref="ModelReader"/>.
/// </summary>
internal sealed record Family
{
    /// <summary><c>general.architecture</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>RoPE pairs are (2i, 2i + 1), not (i, i + width / 2).</summary>
    public bool InterleavedRope { get; init; }

    /// <summary>Layers may be mixtures: <c>expert_count</c> is read.</summary>
    public bool Mixture { get; init; }

    /// <summary>Traits of the head and of every layer, with their numbers.</summary>
    public ImmutableArray<(string Trait, float Number)> Traits { get; init; } = [];

    /// <summary>Traits of the head and of every layer whose number is the value of <c>architecture.key</c>.</summary>
    public ImmutableArray<KeyTrait> KeyTraits { get; init; } = [];

    /// <summary>Traits that a layer has if the file has the tensor <c>blk.N.suffix</c>.</summary>
    public ImmutableArray<(string Trait, string Tensor)> TensorTraits { get; init; } = [];

    /// <summary>The embedding is multiplied by the square root of C.</summary>
    public bool ScalesEmbedding { get; init; }

    /// <summary>Every n-th layer has full attention, the others a window; null for no windows. The file's <c>sliding_window_pattern</c> takes precedence.</summary>
    public int? WindowPeriod { get; init; }

    /// <summary>RoPE base of layers with a window, if different; such layers are not scaled either. The file's key takes precedence.</summary>
    public float? WindowRopeBase { get; init; }

    /// <summary>Key that may give F instead of <c>feed_forward_length</c>.</summary>
    public string? ExpertWidthKey { get; init; }

    /// <summary>Score scale that depends on the size of the model: maps the number of layers to a function of the description's widths.</summary>
    public ImmutableArray<(int Layers, Func<int, int, float> Scale)> ScoreScales { get; init; } = [];

    /// <summary>Names in files that correspond to other canonical names, without <c>blk.N.</c>.</summary>
    public ImmutableArray<(string File, string Canonical)> Renames { get; init; } = [];
}

/// <summary>A trait whose number is the value of a key.</summary>
/// <param name="Trait">The trait.</param>
/// <param name="Key">The key, without the architecture.</param>
/// <param name="Inverse">Whether the number is 1 / value.</param>
/// <param name="Required">Whether the file must have the key.</param>
internal sealed record KeyTrait(string Trait, string Key, bool Inverse = false, bool Required = false);
