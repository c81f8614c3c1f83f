using Spud.Metering;

namespace Spud.Evaluation.Likelihood;

/// <summary>Losses of a text, and what it took to compute them.</summary>
/// <param name="Tokens">Length of the text.</param>
/// <param name="Losses">[Tokens - 1]: loss of each predicted token, in nats.</param>
public sealed record TextScore(int Tokens, IReadOnlyList<float> Losses)
{
    /// <summary>What the text took.</summary>
    public required Ledger Ledger { get; init; }

    /// <summary>Mean loss, in nats.</summary>
    public double MeanLoss => Losses.Average(static loss => (double)loss);

    /// <summary>exp of the mean loss.</summary>
    public double Perplexity => Math.Exp(MeanLoss);
}
