using System.ComponentModel.DataAnnotations;
using Router.Shared;
using Spud;

namespace Router.Dynamic;

/// <summary>Options of router "dynamic".</summary>
internal sealed class DynamicRouterOptions
{
    /// <summary>Minimum experts per row; absent: the calibration's, or 1.</summary>
    [Range(1, 1024)]
    public int? MinExperts { get; set; }

    /// <summary>M, maximum experts per row; absent: the calibration's, or as many as the model was trained with.</summary>
    [Range(1, 1024)]
    public int? MaxExperts { get; set; }

    /// <summary>Share of the mass of the M best held by a row's experts; absent: the calibration's for the layer, or 1, meaning M experts.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? Threshold { get; set; }

    /// <summary>Sharpens (below 1) or flattens (above 1) the mass that is compared with the threshold; absent: the calibration's, or 1.</summary>
    [Range(LayerRule.MinTemperature, LayerRule.MaxTemperature)]
    public float? Temperature { get; set; }

    /// <summary>
    /// For each expert of a layer, or one number for all: a row uses those of its M best whose probability exceeds their own threshold, at least
    /// the minimum. Replaces threshold and temperature. Absent: the mass decides.
    /// </summary>
    [MinLength(1)]
    public float[]? ExpertThresholds { get; set; }

    /// <summary>A file written by "spud calibrate"; it replaces all other options.</summary>
    [FilePath]
    public string? Calibration { get; set; }
}
