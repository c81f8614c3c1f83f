using System.Globalization;
using System.Text.Json.Serialization;

namespace Spud.Host;

/// <summary>What a server did under a load.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Failed">Requests that were not.</param>
/// <param name="Seconds">Duration of the whole.</param>
/// <param name="TokensPerSecond">Parts of text per second, over all requests: one per token, unless a token has no text.</param>
/// <param name="FirstMilliseconds">Time to the first text.</param>
/// <param name="GapMilliseconds">Time between two parts of a text.</param>
/// <param name="ClientCores">Processor time that this program took, in cores.</param>
internal sealed record LoadResult(int Requests, int Failed, double Seconds, double TokensPerSecond, Percentiles FirstMilliseconds, Percentiles GapMilliseconds, double ClientCores)
{
    /// <summary>The result of a run.</summary>
    public static LoadResult Of(IReadOnlyList<RequestTimes> requests, TimeSpan duration, TimeSpan processor)
    {
        RequestTimes[] answered = [.. requests.Where(static request => request.Fault is null && request.Parts > 0)];
        return new(
            answered.Length,
            requests.Count - answered.Length,
            Math.Round(duration.TotalSeconds, 3),
            Math.Round(answered.Sum(static request => request.Parts) / duration.TotalSeconds, 2),
            Percentiles.Of(answered.Select(static request => request.First.TotalMilliseconds)),
            Percentiles.Of(answered.SelectMany(static request => request.Gaps)),
            Math.Round(processor / duration, 4));
    }
}

/// <summary>Percentiles of some times, in milliseconds.</summary>
/// <param name="P50">Median.</param>
/// <param name="P95">95 %.</param>
/// <param name="P99">99 %.</param>
/// <param name="Max">Maximum.</param>
internal sealed record Percentiles(double P50, double P95, double P99, double Max)
{
    /// <summary>The percentiles, by nearest rank; zeros without values.</summary>
    public static Percentiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(At(sorted, 0.50), At(sorted, 0.95), At(sorted, 0.99), At(sorted, 1));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.0}  p95 {P95:0.0}  p99 {P99:0.0}  max {Max:0.0} ms");

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)], 2);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadJson : JsonSerializerContext;
