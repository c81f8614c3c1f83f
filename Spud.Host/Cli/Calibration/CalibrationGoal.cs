using Spud.Models;
using Spud.Models.Families;

namespace Spud.Host;

/// <summary>The goal of a calibration, checked against the model before anything is loaded.</summary>
/// <param name="Experts">Target average; null if the target is a perplexity ratio.</param>
/// <param name="PerplexityRatio">Maximum ratio; null if the target is a number of experts.</param>
/// <param name="Least">Minimum experts per row.</param>
/// <param name="Most">Maximum experts per row.</param>
/// <param name="All">E.</param>
/// <param name="Used">K.</param>
internal sealed record CalibrationGoal(double? Experts, double? PerplexityRatio, int Least, int Most, int All, int Used)
{
    /// <summary>Reads the header of the model.</summary>
    /// <param name="path">The model.</param>
    /// <param name="experts">As given on the command line, like the others.</param>
    /// <param name="perplexityRatio">Null if not given.</param>
    /// <param name="least">Null for 1.</param>
    /// <param name="most">Null for as many as the model was trained with, or the next integer above the average.</param>
    /// <exception cref="BadInputException">The model has no experts, or not enough.</exception>
    public static CalibrationGoal Of(string path, double? experts, double? perplexityRatio, int? least, int? most)
    {
        if (experts is null == perplexityRatio is null)
            throw new BadInputException("no goal is given. Give either --experts N (average) or --perplexity-ratio X (maximum).");

        LayerDescription[] mixtures = [.. Mixtures(path)];
        if (mixtures.Length == 0)
            throw new BadInputException($"{path} is a dense model: it has no experts to choose from, so there is nothing to calibrate.");
        if (mixtures.Select(layer => layer.Experts).Distinct().Count() > 1)
            throw new BadInputException($"{path}: its layers have different numbers of experts, {string.Join(", ", mixtures.Select(layer => layer.Experts).Distinct())}; a calibration needs one number for all layers.");

        int all = mixtures[0].Experts, lowest = least ?? 1, highest = most ?? Math.Min(all, (int)Math.Max(mixtures.Max(layer => layer.ExpertsUsed), Math.Floor((experts ?? 0) + 1)));
        if (highest > all)
            throw new BadInputException($"--max-experts: expected at most {all}, the experts of a layer of {path}, got {highest}.");
        if (lowest >= highest)
            throw new BadInputException($"--min-experts {lowest} and --max-experts {highest} leave no choice: the maximum must be above the minimum.");
        if (experts < lowest || experts > highest)
            throw new BadInputException(FormattableString.Invariant($"--experts: expected {lowest} to {highest} (--min-experts, --max-experts), got {experts}."));

        return new(experts, perplexityRatio, lowest, highest, all, mixtures.Max(layer => layer.ExpertsUsed));
    }

    /// <summary>Number of experts of a layer that a text may use.</summary>
    /// <param name="path">The model.</param>
    /// <param name="size">As given on the command line; null for a quarter, if that is enough.</param>
    /// <exception cref="BadInputException">The size is too small or too large for the model.</exception>
    public int PoolOf(string path, int? size)
    {
        int least = Math.Min(All, Math.Max(2 * Used, Most));
        if (size > All)
            throw new BadInputException($"--pool: expected at most {All}, the experts of a layer of {path}, got {size}.");
        if (size < least)
            throw new BadInputException($"--pool: expected at least {least}, twice the {Used} experts that the model was trained to use and no fewer than --max-experts, got {size}.");

        return size ?? Math.Max(All / 4, least);
    }

    private static IEnumerable<LayerDescription> Mixtures(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return [.. ModelReader.Read(file).Description.Layers.Where(layer => layer.Experts > 1)];
    }
}
