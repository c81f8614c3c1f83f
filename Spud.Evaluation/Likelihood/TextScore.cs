using Spud.Metering;

namespace Spud.Evaluation.Likelihood;

/// <summary>Losses of a text, and the cost of computing them.</summary>
/// <param name="Tokens">Length of the text.</param>
/// <param name="Losses">[Tokens - 1]: loss of each predicted token, in nats.</param>
public sealed record TextScore(int Tokens, IReadOnlyList<float> Losses)
{
    /// <summary>Cost of the text.</summary>
    public required Ledger Ledger { get; init; }

    /// <summary>Mean loss, in nats.</summary>
    public double MeanLoss => Losses.Average(static loss => (double)loss);

    /// <summary>exp of the mean loss.</summary>
    public double Perplexity => Math.Exp(MeanLoss);

    /// <summary>The losses of the tokens from a position on; that of the text's first token is 0, and it is not predicted.</summary>
    /// <param name="position">1 to the last.</param>
    public TextScore From(int position) => this with { Losses = [.. Losses.Skip(position - 1)] };

    /// <summary>Neighbouring positions together.</summary>
    /// <param name="position">The first, 1 to the last.</param>
    /// <param name="bucketTokens">Positions of a bucket; the last may have fewer.</param>
    public IEnumerable<ScoredPositions> ByPosition(int position, int bucketTokens)
    {
        for (int first = position; first < Tokens; first += bucketTokens)
        {
            double mean = Losses.Skip(first - 1).Take(bucketTokens).Average(static loss => (double)loss);
            yield return new(first, Math.Min(first + bucketTokens, Tokens) - 1, mean, Math.Exp(mean));
        }
    }
}

/// <summary>How well the tokens at some positions of a text are predicted.</summary>
/// <param name="FirstPosition">The first of them.</param>
/// <param name="LastPosition">The last.</param>
/// <param name="MeanLoss">In nats.</param>
/// <param name="Perplexity">exp of it.</param>
public sealed record ScoredPositions(int FirstPosition, int LastPosition, double MeanLoss, double Perplexity);
