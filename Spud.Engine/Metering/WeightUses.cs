using Spud.Models;

namespace Spud.Metering;

/// <summary>Determines a weight's use from its canonical name and shape.</summary>
internal static class WeightUses
{
    private const string Embedding = "token_embd.weight";
    private const string Output = "output.weight";
    private const string SharedGate = "ffn_gate_inp_shexp.weight";

    /// <summary>How a weight is used.</summary>
    /// <param name="weight">A weight of the model.</param>
    /// <param name="tied">Whether logits use the embedding.</param>
    public static WeightUse Of(WeightEntry weight, bool tied)
    {
        string name = weight.Name;
        if (name is Embedding or Output)
            return name == Output || tied ? WeightUse.LogitRow : WeightUse.Lookup;
        if (name.EndsWith("_exps.weight", StringComparison.Ordinal))
            return WeightUse.PlanEntry;
        if (name.EndsWith("_exps.bias", StringComparison.Ordinal))
            return WeightUse.PlanEntryElementwise;

        // The gate of a shared expert is a matrix with one output, stored as a vector.
        return weight.Shape.Length > 1 || name.EndsWith(SharedGate, StringComparison.Ordinal) ? WeightUse.Row : WeightUse.Elementwise;
    }

    /// <summary>Whether rows are looked up in it.</summary>
    public static bool IsEmbedding(WeightEntry weight) => weight.Name == Embedding;

    /// <summary>Whether an attention's weight takes part in computing queries, keys and values, and not in what is made of them.</summary>
    public static bool ProjectsRows(WeightEntry weight) => !weight.Name.Contains("attn_output", StringComparison.Ordinal) && !weight.Name.Contains("post_attention", StringComparison.Ordinal);

    /// <summary>N of "blk.N.…"; null for a weight of no layer.</summary>
    public static int? LayerOf(WeightEntry weight)
    {
        string name = weight.Name;
        return name.StartsWith("blk.", StringComparison.Ordinal) && name.IndexOf('.', 4) is > 4 and var dot && int.TryParse(name.AsSpan(4, dot - 4), out int layer) ? layer : null;
    }
}
