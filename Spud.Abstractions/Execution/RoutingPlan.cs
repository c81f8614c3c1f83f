namespace Spud;

/// <summary>
/// The experts of each row, ragged: row t has entries <c>Offsets[t] .. Offsets[t + 1]</c> of (expert, weight). Weights are final
/// multipliers: they include gating function, renormalisation and scaling. The plan lies in the domain of the router that fills it; the
/// host allocates it and checks it.
/// </summary>
public readonly struct RoutingPlan
{
    /// <summary>I32 [T + 1], starting at 0 and never decreasing.</summary>
    public required TensorView Offsets { get; init; }

    /// <summary>I32 [T * K], each in 0 .. E - 1 and at most once in a row; undefined from <c>Offsets[T]</c> on.</summary>
    public required TensorView Experts { get; init; }

    /// <summary>F32 [T * K], finite; undefined from <c>Offsets[T]</c> on.</summary>
    public required TensorView Weights { get; init; }

    /// <summary>Sets the experts of a row. Rows are set in ascending order, without gaps. For routers in host memory.</summary>
    /// <param name="row">0 .. T - 1.</param>
    /// <param name="experts">At most K ids, each at most once.</param>
    /// <param name="weights">One multiplier for each expert.</param>
    public void SetRow(int row, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights)
    {
        Span<int> offsets = Offsets.AsSpan<int>();
        if (row == 0)
            offsets[0] = 0;

        int from = offsets[row];
        experts.CopyTo(Experts.AsSpan<int>()[from..]);
        weights.CopyTo(Weights.AsSpan<float>()[from..]);
        offsets[row + 1] = from + experts.Length;
    }
}
