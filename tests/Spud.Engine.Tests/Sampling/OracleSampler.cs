using Spud.Sampling;

namespace Spud.Tests.Sampling;

/// <summary>
/// The chain as its definition reads: every step over a fully sorted list, probabilities with Math.Exp in double, the whole history kept.
/// Bias and penalties are float, as they are defined. It shares only the random numbers with what it judges.
/// </summary>
internal sealed class OracleSampler(SamplingOptions options)
{
    private readonly List<int> _history = [];
    private Xoshiro256 _random = new(options.Seed!.Value);

    public void Accept(int id) => _history.Add(id);

    public int Sample(ReadOnlySpan<float> raw)
    {
        List<(int Id, float Logit)> ranking = [.. Adjusted(raw.ToArray()).Select((logit, id) => (id, logit)).OrderByDescending(t => t.logit).ThenBy(t => t.id)];
        if (options.Temperature == 0)
        {
            return ranking[0].Id;
        }
        return Draw(Kept(ranking));
    }

    private float[] Adjusted(float[] logits)
    {
        foreach ((int id, float bias) in options.LogitBias ?? new Dictionary<int, float>())
        {
            logits[id] += bias;
        }
        foreach (IGrouping<int, int> token in _history.TakeLast(options.RepetitionWindow).GroupBy(id => id))
        {
            float logit = logits[token.Key];
            logit = logit <= 0 ? logit * options.RepetitionPenalty : logit / options.RepetitionPenalty;
            logits[token.Key] = logit - ((token.Count() * options.FrequencyPenalty) + options.PresencePenalty);
        }
        return logits;
    }

    private List<(int Id, float Logit)> Kept(List<(int Id, float Logit)> ranking)
    {
        double max = ranking[0].Logit;
        if (options.TopK > 0)
        {
            ranking = [.. ranking.Take(options.TopK)];
        }
        if (options.TopP < 1)
        {
            double total = ranking.Sum(t => Math.Exp(t.Logit - max)), sum = 0;
            int count = 0;
            do
            {
                sum += Math.Exp(ranking[count++].Logit - max);
            }
            while (sum < options.TopP * total && count < ranking.Count);
            ranking = [.. ranking.Take(count)];
        }
        return options.MinP > 0 ? [.. ranking.Where(t => t.Logit >= max + Math.Log(options.MinP))] : ranking;
    }

    private int Draw(List<(int Id, float Logit)> kept)
    {
        double max = kept[0].Logit;
        List<(int Id, double Weight)> weights = [.. kept.OrderBy(t => t.Id).Select(t => (t.Id, Math.Exp((t.Logit - max) / options.Temperature)))];
        double target = _random.NextDouble() * weights.Sum(t => t.Weight);
        double sum = 0;
        return weights.First(t => (sum += t.Weight) > target).Id;
    }
}
