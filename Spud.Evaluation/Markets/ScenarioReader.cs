using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Evaluation.Markets;

/// <summary>Reads scenarios, and says what is wrong with them.</summary>
public static class ScenarioReader
{
    private const double MaxSeconds = 1_000_000;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is not a scenario.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MarketScenario ReadFile(string path)
    {
        MarketScenario scenario = Read(File.ReadAllText(path), path);
        foreach (JobStream stream in scenario.Streams)
        {
            if (stream.Arrivals.Trace is { } trace)
                stream.Arrivals.Trace = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, trace);
        }

        return scenario;
    }

    /// <summary>Reads a text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="FormatException">It is not a scenario.</exception>
    public static MarketScenario Read(string json, string source)
    {
        MarketScenario scenario;
        try
        {
            scenario = JsonSerializer.Deserialize(json, ScenarioJson.Default.MarketScenario) ?? throw new FormatException($"{source}: expected an object, got null.");
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{source}: {fault.Message}", fault);
        }

        string[] faults = [.. Faults(scenario)];
        return faults.Length == 0 ? scenario : throw new FormatException(string.Join('\n', faults.Select(fault => $"{source}: {fault}")));
    }

    private static IEnumerable<string> Faults(MarketScenario scenario)
    {
        SimulatedHardware engine = scenario.Engine;
        if (!(scenario.Seconds is > 0 and <= MaxSeconds))
            yield return $"$.seconds: expected above 0 and at most {MaxSeconds}, got {scenario.Seconds}.";
        if (Math.Min(Math.Min(engine.Rows, engine.Sequences), Math.Min(engine.Pages, engine.PageTokens)) < 1)
            yield return "$.engine: rows, sequences, pages and pageTokens must be at least 1.";
        if (!(engine.RowComputeUnits is > 0 and <= 1e6))
            yield return $"$.engine.rowComputeUnits: expected above 0 and at most 1000000, got {engine.RowComputeUnits}.";
        if (!(engine.StepMilliseconds > 0 && engine.RowMilliseconds >= 0))
            yield return "$.engine: stepMilliseconds must be above 0 and rowMilliseconds at least 0.";
        foreach ((string account, double weight) in scenario.Weights)
        {
            if (!(weight > 0 && double.IsFinite(weight)))
                yield return $"$.weights.{account}: expected a number above 0, got {weight}.";
        }

        if (scenario.Streams.Length == 0)
            yield return "$.streams: expected at least one stream of jobs.";
        for (int i = 0; i < scenario.Streams.Length; i++)
        {
            foreach (string fault in Faults(scenario.Streams[i]))
                yield return $"$.streams[{i}]{fault}";
        }
    }

    private static IEnumerable<string> Faults(JobStream stream)
    {
        Arrivals arrivals = stream.Arrivals;
        if (stream.Account.Length == 0)
            yield return ".account: expected a name.";
        if (stream.Tier is < 0 or > 3)
            yield return $".tier: expected 0 to 3, got {stream.Tier}.";
        if (stream.Prompt is not [>= 1, _] || stream.Prompt[1] < stream.Prompt[0])
            yield return ".prompt: expected two numbers of tokens, from and to, at least 1.";
        if (stream.Output is not [>= 1, _] || stream.Output[1] < stream.Output[0])
            yield return ".output: expected two numbers of tokens, from and to, at least 1.";
        if (stream.Value is not [>= 0, <= 1e6 and >= 0] || stream.Value[1] < stream.Value[0])
            yield return ".value: expected two prices per CU, from and to, at least 0.";
        if (stream.Bid is not null && stream.Lane != JobLane.Spot)
            yield return ".bid: only a stream with \"lane\": \"Spot\" bids.";
        if (stream.Bid is < 0)
            yield return $".bid: expected at least 0, got {stream.Bid}.";
        if (!(stream.ClaimedDeadline > 0 && double.IsFinite(stream.ClaimedDeadline)) || arrivals.Copies < 1)
            yield return ": claimedDeadline must be above 0, and arrivals.copies at least 1.";
        if (stream.DeadlineSeconds is <= 0)
            yield return $".deadlineSeconds: expected above 0, got {stream.DeadlineSeconds}.";
        if (arrivals.From < 0 || arrivals.To < arrivals.From || arrivals.Flood < 0 || arrivals.PerSecond < 0 || arrivals.PerSecondAtEnd < 0 || arrivals.OnSeconds <= 0 || arrivals.OffSeconds < 0)
            yield return ".arrivals: times, rates and numbers must be at least 0, onSeconds above 0, and 'to' not before 'from'.";
        if (arrivals is { Flood: 0, PerSecond: 0, PerSecondAtEnd: null or 0, Trace: null })
            yield return ".arrivals: nothing arrives. Give flood, perSecond or trace.";
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(MarketScenario))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
