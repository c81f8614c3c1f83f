using System.Collections.Frozen;

namespace Spud;

/// <summary>One layer of a model: its sizes, and traits for everything else.</summary>
public sealed class LayerDescription
{
    /// <summary>H: number of query heads, a multiple of G.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>Sizes of its keys and values.</summary>
    public required KvGeometry Kv { get; init; }

    /// <summary>Rotary embedding; null: none.</summary>
    public required Rope? Rope { get; init; }

    /// <summary>E: number of experts; 1 in a dense layer, whose routing plan the host writes.</summary>
    public required int Experts { get; init; }

    /// <summary>Number of experts per row that the model was trained with, 1 to E.</summary>
    public required int ExpertsUsed { get; init; }

    /// <summary>F: inner width of an expert, or of a dense layer's feed-forward part.</summary>
    public required int ExpertWidth { get; init; }

    /// <summary>Traits of attention, router and experts.</summary>
    public required FrozenDictionary<string, float> Traits { get; init; }

    /// <summary>Whether the layer has the trait.</summary>
    public bool Has(string trait) => Traits.ContainsKey(trait);

    /// <summary>The trait's number.</summary>
    /// <param name="trait">One of <see cref="Trait"/>.</param>
    /// <param name="otherwise">Returned if the layer does not have the trait.</param>
    public float Number(string trait, float otherwise) => Traits.TryGetValue(trait, out float number) ? number : otherwise;
}
