using System.Numerics.Tensors;
using Spud.Numerics;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Finds rules that give the recorded rows a target number of experts on average. A candidate's value is its share of the row's weight: of the
/// sum over the M best if the model renormalises, otherwise of 1. Over all layers together the candidates of highest value are kept, which
/// determines the number of experts of each layer; in a layer, the temperature is the one that drops the least value, and the threshold is
/// chosen to match the number.
/// </summary>
internal sealed class RuleFit(RoutingProbe probe, ModelDescription model, int least, int most)
{
    /// <summary>1 first: others must be better by <see cref="Gain"/>.</summary>
    private static readonly float[] s_temperatures = [1, 0.25f, 0.35f, 0.5f, 0.7f, 1.4f, 2, 2.8f, 4];

    private const double Gain = 1e-3;

    /// <summary>Tolerance of the number of candidates, per row.</summary>
    private const double Slack = 1e-3;

    /// <summary>A rule for every layer that the probe recorded.</summary>
    /// <param name="experts">Target average over layers and rows, between minimum and maximum.</param>
    public Dictionary<int, RouterRule> Fit(double experts)
    {
        Dictionary<int, long> extras = Share(experts);
        return probe.Layers.ToDictionary(layer => layer, layer => FitLayer(layer, extras[layer]));
    }

    /// <summary>Number of candidates beyond the minimum that each layer keeps over all rows.</summary>
    private Dictionary<int, long> Share(double experts)
    {
        (float Worth, int Layer)[] all = [.. probe.Layers.SelectMany(layer => Worths(layer).Select(worth => (worth, layer)))];
        long kept = (long)Math.Round((experts - least) / (most - least) * all.Length);
        Array.Sort(all, static (a, b) => b.Worth.CompareTo(a.Worth));
        Dictionary<int, long> extras = probe.Layers.ToDictionary(layer => layer, _ => 0L);
        foreach ((_, int layer) in all.Take((int)kept))
            extras[layer]++;

        return extras;
    }

    private List<float> Worths(int layer)
    {
        LayerCandidates rows = probe.Of(layer);
        List<float> worths = new(rows.Rows * (most - least));
        for (int row = 0; row < rows.Rows; row++)
        {
            float whole = Whole(layer, rows[row]);
            foreach (float p in rows[row][least..most])
                worths.Add(p / whole);
        }

        return worths;
    }

    private float Whole(int layer, ReadOnlySpan<float> row) => model.Layers[layer].Has(Trait.Renormalise) ? TensorPrimitives.Sum(row[..most]) : 1;

    private RouterRule FitLayer(int layer, long extras)
    {
        (RouterRule Rule, long Off, double Dropped) best = default;
        foreach (float temperature in s_temperatures)
        {
            RouterRule rule = new(least, most, Threshold(layer, extras, temperature), temperature);
            (long kept, double dropped) = Try(layer, rule);
            // If many rows have the same share, no threshold can separate them.
            long off = Math.Abs(kept - extras) <= probe.Of(layer).Rows * Slack ? 0 : Math.Abs(kept - extras);
            if (best.Rule == default || off < best.Off || (off == best.Off && dropped < best.Dropped * (1 - Gain)))
                best = (rule, off, dropped);
        }

        return best.Rule;
    }

    // A row gets more than n experts if its first n hold less than the threshold: the number of such shares below it must match.
    private double Threshold(int layer, long extras, float temperature)
    {
        List<double> shares = [];
        LayerCandidates rows = probe.Of(layer);
        for (int row = 0; row < rows.Rows; row++)
            AddShares(rows[row][..most], temperature, shares);

        shares.Sort();
        if (extras >= shares.Count)
            return 1;

        double below = extras == 0 ? 0 : shares[(int)extras - 1];
        return (below + shares[(int)extras]) / 2;
    }

    private void AddShares(ReadOnlySpan<float> row, float temperature, List<double> shares)
    {
        double all = 0, held = 0;
        foreach (float p in row)
            all += ExpertChoice.Mass(p, row[0], temperature);

        for (int n = 1; n < row.Length; n++)
        {
            held += ExpertChoice.Mass(row[n - 1], row[0], temperature);
            if (n >= least)
                shares.Add(held / all);
        }
    }

    /// <summary>Number of candidates beyond the minimum that a rule keeps, and the value of those that it drops.</summary>
    private (long Kept, double Dropped) Try(int layer, RouterRule rule)
    {
        long kept = 0;
        double dropped = 0;
        LayerCandidates rows = probe.Of(layer);
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> candidates = rows[row][..most];
            int count = ExpertChoice.Count(candidates, least, rule.Threshold, rule.Temperature);
            kept += count - least;
            dropped += TensorPrimitives.Sum(candidates[count..]) / Whole(layer, candidates);
        }

        return (kept, dropped);
    }
}
