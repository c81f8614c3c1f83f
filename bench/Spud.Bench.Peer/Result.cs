using System.Text.Json.Serialization;

namespace Spud.Bench.Peer;

/// <summary>Both sides' measurements of one work, in tokens per second, in the order of the rounds.</summary>
internal sealed record Result(Work Work, double[] Spud, double[] Peer)
{
    public double SpudMedian => Median(Spud);

    public double PeerMedian => Median(Peer);

    /// <summary>Median of the rounds' ratios: a drift of the machine's speed cancels.</summary>
    public double Ratio => Median([.. Spud.Zip(Peer, (spud, peer) => spud / peer)]);

    /// <summary>Smallest and largest ratio of a round.</summary>
    public double LowestRatio => Spud.Zip(Peer, (spud, peer) => spud / peer).Min();

    /// <inheritdoc cref="LowestRatio"/>
    public double HighestRatio => Spud.Zip(Peer, (spud, peer) => spud / peer).Max();

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>A run of the benchmark, as it is written.</summary>
internal sealed record Report(string Processor, int Cores, string Peer, string Command, string Commit, string Date, IReadOnlyList<Result> Results);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
