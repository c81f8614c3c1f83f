using Spud.Metering;

namespace Spud.Evaluation.Comparison;

/// <summary>Results of one text so far. Plain data that can be kept in a file; its size does not depend on the text's length.</summary>
public sealed class TextSums
{
    /// <summary>Finished windows.</summary>
    public int Windows { get; set; }

    /// <summary>The units of the bootstrap.</summary>
    public BlockList Blocks { get; init; } = new();

    /// <summary>[pipeline]: divergences from the first.</summary>
    public required DivergenceHistogram[] Divergences { get; init; }

    /// <summary>[pipeline]: its cost.</summary>
    public required RunSums[] Runs { get; init; }

    /// <summary>Whether it is finished.</summary>
    public bool Finished { get; set; }

    /// <param name="layers">[pipeline]: L.</param>
    internal static TextSums Of(int[] layers) => new()
    {
        Divergences = [.. layers.Select(_ => new DivergenceHistogram())],
        Runs = [.. layers.Select(RunSums.Of)],
    };

    internal void Add(Block window, List<(int Pipeline, double Divergence)> divergences, Ledger[] ledgers)
    {
        Windows++;
        Blocks.Add(window);
        foreach ((int pipeline, double divergence) in divergences)
            Divergences[pipeline].Add(divergence);

        for (int i = 0; i < Runs.Length; i++)
            Runs[i].Add(ledgers[i]);
    }
}
