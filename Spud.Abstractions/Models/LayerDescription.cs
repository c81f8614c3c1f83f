using System.Collections.Frozen;

namespace Spud;

/// <summary>One layer: shapes are properties, everything else is a trait.</summary>
public sealed class LayerDescription
{
    /// <summary>H: number of query heads; a multiple of the KV heads.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>What it stores of each token.</summary>
    public required KvGeometry Kv { get; init; }

    /// <summary>Rotary embedding; null: none.</summary>
    public required Rope? Rope { get; init; }

    /// <summary>E: number of experts; 1 is a dense layer, whose plan the host writes itself.</summary>
    public required int Experts { get; init; }

    /// <summary>Experts of a row as the model was trained, 1 to E.</summary>
    public required int ExpertsUsed { get; init; }

    /// <summary>F: inner width of an expert, or of a dense layer's feed-forward part.</summary>
    public required int ExpertWidth { get; init; }

    /// <summary>Traits of attention, router and experts.</summary>
    public required FrozenDictionary<string, float> Traits { get; init; }

    /// <summary>Whether the layer has the trait.</summary>
    public bool Has(string trait) => Traits.ContainsKey(trait);

    /// <summary>The trait's number.</summary>
    public float Number(string trait, float otherwise) => Traits.TryGetValue(trait, out float number) ? number : otherwise;
}
