namespace Spud.Tests.Execution.EndToEnd;

/// <summary>One line of the parity table.</summary>
internal sealed record ParityRow
{
    /// <summary>Model and text.</summary>
    public required string Name { get; init; }

    /// <summary>What it was held to.</summary>
    public required string Against { get; init; }

    public required Distance Distance { get; init; }

    /// <summary>Largest error allowed; null where the RMS is judged.</summary>
    public double? MaxLimit { get; init; }

    /// <summary>Largest RMS allowed.</summary>
    public double? RmsLimit { get; init; }

    /// <summary>How far llama.cpp itself lies from the same logits, where it rounds too.</summary>
    public double? PeerRms { get; init; }

    /// <summary>Perplexity of the text here.</summary>
    public double? Perplexity { get; init; }

    /// <summary>Perplexity of the text there.</summary>
    public double? Reference { get; init; }

    /// <summary>Largest distance of their ratio from 1.</summary>
    public double? RatioLimit { get; init; }

    /// <summary>What is wrong; null if nothing is.</summary>
    public string? Failure
    {
        get
        {
            if (Distance.Max > MaxLimit)
                return $"{Name}: largest error {Distance.Max:E2}, at most {MaxLimit:E2} may be";
            if (Distance.Rms > RmsLimit)
                return $"{Name}: RMS {Distance.Rms:E2}, at most {RmsLimit:E2} may be";

            return Math.Abs(Perplexity / Reference - 1 ?? 0) > RatioLimit ? $"{Name}: perplexity {Perplexity} against {Reference}" : null;
        }
    }

    /// <summary>As a line of a Markdown table.</summary>
    public string Line => $"| {Name} | {Against} | {Distance.Max:0.00E+0}{Limit(MaxLimit)} | {Distance.Rms:0.00E+0}{Limit(RmsLimit)} | {PeerRms:0.00E+0} | {Perplexity:F4} | {Reference:F4} |";

    private static string Limit(double? limit) => limit is { } most ? $" (≤ {most:0.##E+0})" : "";
}
