using System.Globalization;

namespace Spud.Evaluation.Markets;

/// <summary>Draws the jobs of a scenario. Streams draw from generators of their own, so that one can change without the others.</summary>
internal static class ArrivalGenerator
{
    /// <summary>All jobs, in order of arrival.</summary>
    /// <exception cref="FormatException">A trace cannot be read.</exception>
    public static List<SimulatedJob> Draw(MarketScenario scenario, IReadOnlyList<string> accounts, long rowFlops)
    {
        List<SimulatedJob> jobs = [];
        foreach ((int i, JobStream stream) in scenario.Streams.Index())
        {
            Random random = new(unchecked(scenario.Seed * 7919 + i));
            int account = accounts.ToList().IndexOf(stream.Account);
            double weight = scenario.Weights.GetValueOrDefault(stream.Account, 1);
            foreach ((double at, int? prompt, int? output) in Times(stream.Arrivals, scenario.Seconds, random))
            {
                double value = stream.Value[0] + random.NextDouble() * (stream.Value[1] - stream.Value[0]);
                int promptTokens = prompt ?? random.Next(stream.Prompt[0], stream.Prompt[1] + 1), outputTokens = output ?? random.Next(stream.Output[0], stream.Output[1] + 1);
                for (int copy = 0; copy < stream.Arrivals.Copies; copy++)
                {
                    jobs.Add(new()
                    {
                        Account = account,
                        Weight = weight,
                        Terms = stream,
                        Arrival = TimeSpan.FromSeconds(at),
                        Deadline = stream.DeadlineSeconds is { } patience ? TimeSpan.FromSeconds(at + patience) : TimeSpan.MaxValue,
                        ClaimedDeadline = stream.DeadlineSeconds is { } claimed ? TimeSpan.FromSeconds(at + claimed * stream.ClaimedDeadline) : TimeSpan.MaxValue,
                        PromptTokens = promptTokens,
                        OutputTokens = outputTokens,
                        Full = (promptTokens + outputTokens - 1) * rowFlops,
                        ValuePerCu = value,
                    });
                }
            }
        }

        // Stable, so that equal times keep the order of the streams.
        return [.. jobs.OrderBy(static job => job.Arrival)];
    }

    private static IEnumerable<(double At, int? Prompt, int? Output)> Times(Arrivals arrivals, double seconds, Random random)
    {
        double to = Math.Min(arrivals.To ?? seconds, seconds);
        for (int i = 0; i < arrivals.Flood; i++)
            yield return (arrivals.From, null, null);

        // A rate that changes: drawn at the highest rate, and thinned out.
        double highest = Math.Max(arrivals.PerSecond, arrivals.PerSecondAtEnd ?? 0);
        for (double at = arrivals.From + Gap(); highest > 0 && at < to; at += Gap())
        {
            double rate = arrivals.PerSecond + ((arrivals.PerSecondAtEnd ?? arrivals.PerSecond) - arrivals.PerSecond) * (at - arrivals.From) / (to - arrivals.From);
            bool isOn = arrivals.OnSeconds is not { } on || (at - arrivals.From) % (on + arrivals.OffSeconds) < on;
            if (random.NextDouble() * highest < rate && isOn)
                yield return (at, null, null);
        }

        foreach ((double at, int prompt, int output) in arrivals.Trace is { } trace ? Traced(trace) : [])
        {
            if (arrivals.From + at < to)
                yield return (arrivals.From + at, prompt, output);
        }

        double Gap() => highest > 0 ? -Math.Log(1 - random.NextDouble()) / highest : double.PositiveInfinity;
    }

    private static IEnumerable<(double At, int Prompt, int Output)> Traced(string file)
    {
        foreach ((int number, string line) in File.ReadLines(file).Index())
        {
            if (line.Trim() is "" or ['#', ..])
                continue;
            string[] parts = line.Split(',');
            if (parts.Length != 3 || !double.TryParse(parts[0], CultureInfo.InvariantCulture, out double at) || !(at >= 0)
                || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int prompt) || prompt < 1 || !int.TryParse(parts[2], CultureInfo.InvariantCulture, out int output) || output < 1)
                throw new FormatException($"{file}:{number + 1}: expected 'seconds,promptTokens,answerTokens', got '{line}'.");
            yield return (at, prompt, output);
        }
    }
}
