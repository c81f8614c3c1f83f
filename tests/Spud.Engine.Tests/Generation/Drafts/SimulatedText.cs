using Spud.Configuration;
using Spud.Generation;

namespace Spud.Tests.Generation.Drafts;

/// <summary>A text of which each drafted token is accepted with a known probability, on a machine of known times. Its clock is a sum.</summary>
/// <param name="acceptance">The probability, by the number of tokens so far.</param>
/// <param name="row">What a further row costs, in steps of one row.</param>
/// <param name="ask">What the drafter costs for each token that is asked for, likewise.</param>
internal sealed class SimulatedText(Func<int, double> acceptance, double row, double ask)
{
    private const double StepSeconds = 0.005;

    /// <summary>Rows of rejected tokens of the last run.</summary>
    public int Rejected { get; private set; }

    /// <summary>Tokens by time of a step without drafts, with lengths that are chosen.</summary>
    public double Chosen(DraftPreference prefer, int tokens, int seed)
    {
        StepOutlook outlook = new(new());
        DraftLength length = new(prefer);
        return Run(tokens, seed, _ =>
        {
            outlook.Begin(1, 1);
            int drafted = length.Choose(Draft.MaxTokensOfAny, outlook);
            if (drafted > 0)
                outlook.AddAsk(drafted, TimeSpan.FromSeconds(ask * drafted * StepSeconds), isUsual: true);

            outlook.Add(drafted, length.Expected(drafted));
            return drafted;
        }, (drafted, accepted) =>
        {
            outlook.Observe(TimeSpan.FromSeconds((1 + row * drafted) * StepSeconds));
            length.Observe(drafted, accepted, outlook);
        });
    }

    /// <summary>The same, with lengths that are best if the probability is known.</summary>
    public double Oracle(int tokens, int seed) => Run(tokens, seed, text => Best(acceptance(text)), static (_, _) => { });

    private int Best(double probability)
    {
        double reached = 1, tokens = 1, rate = 1;
        int best = 0;
        for (int i = 1; i <= Draft.MaxTokensOfAny; i++)
        {
            tokens += reached *= probability;
            if (tokens / (1 + (row + ask) * i) > rate)
                (best, rate) = (i, tokens / (1 + (row + ask) * i));
        }

        return best;
    }

    private double Run(int tokens, int seed, Func<int, int> choose, Action<int, int> observe)
    {
        Random random = new(seed);
        double time = 0;
        int done = 0;
        Rejected = 0;
        while (done < tokens)
        {
            int drafted = choose(done), accepted = 0;
            double probability = acceptance(done);
            while (accepted < drafted && random.NextDouble() < probability)
                accepted++;

            time += 1 + (row + ask) * drafted;
            done += 1 + accepted;
            Rejected += drafted - accepted;
            observe(drafted, accepted);
        }

        return done / time;
    }
}
