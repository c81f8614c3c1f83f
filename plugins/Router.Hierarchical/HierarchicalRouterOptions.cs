using System.ComponentModel.DataAnnotations;
using Router.Shared;

namespace Router.Hierarchical;

/// <summary>Options of router "hierarchical". An absent option takes the pack's value if the pipeline names a pack.</summary>
internal sealed class HierarchicalRouterOptions
{
    /// <summary>Default without an option and a pack.</summary>
    public const double DefaultMinMass = 0.5, DefaultHalfLife = 1024;

    /// <summary>P, experts of a layer that a text may use, at least twice as many as a row uses; absent: a quarter of them.</summary>
    [Range(1, 1024)]
    public int? Pool { get; set; }

    /// <summary>Share of the text's probability that the pool must hold; below it all experts are used. Absent: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double? MinMass { get; set; }

    /// <summary>Tokens after which a row counts half for the pool; absent: 1024.</summary>
    [Range(1.0, 1e9)]
    public double? HalfLife { get; set; }

    /// <summary>Minimum experts per row; absent: 1.</summary>
    [Range(1, 1024)]
    public int? MinExperts { get; set; }

    /// <summary>M, maximum experts per row; absent: as many as the model was trained with.</summary>
    [Range(1, 1024)]
    public int? MaxExperts { get; set; }

    /// <summary>Share of the mass of the M best that a row's experts hold; absent: 1, which is M experts.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? Threshold { get; set; }

    /// <summary>Sharpens (below 1) or flattens (above 1) the mass that is compared with the threshold; absent: 1.</summary>
    [Range(LayerRule.MinTemperature, LayerRule.MaxTemperature)]
    public float? Temperature { get; set; }
}
