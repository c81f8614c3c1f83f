using Spud;

namespace Router.Shared;

/// <summary>The choice for each row, with room for M experts: a row's offset in the plan is known only when all previous rows are done.</summary>
internal readonly struct Choice
{
    /// <summary>I32 [T].</summary>
    public required TensorView Counts { get; init; }

    /// <summary>I32 [T, M].</summary>
    public required TensorView Experts { get; init; }

    /// <summary>F32 [T, M].</summary>
    public required TensorView Weights { get; init; }

    /// <summary>Packs the rows into a plan.</summary>
    public void WriteTo(in RoutingPlan plan)
    {
        ReadOnlySpan<int> counts = Counts.AsSpan<int>();
        for (int row = 0; row < counts.Length; row++)
            plan.SetRow(row, Experts.At(row).AsSpan<int>()[..counts[row]], Weights.At(row).AsSpan<float>()[..counts[row]]);
    }
}
