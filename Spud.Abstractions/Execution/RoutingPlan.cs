namespace Spud;

/// <summary>
/// Which experts a row uses, ragged: row t owns entries <c>Offsets[t] .. Offsets[t + 1]</c> of (expert, weight). Weights are final
/// multipliers: gating function, renormalisation and scaling are in them already. It lies in the domain of the router that fills it; the
/// host owns it and checks it.
/// </summary>
public readonly struct RoutingPlan
{
    /// <summary>I32 [T + 1], from 0, monotone.</summary>
    public required TensorView Offsets { get; init; }

    /// <summary>I32 [T * K], each below E, none twice in a row; undefined from <c>Offsets[T]</c> on.</summary>
    public required TensorView Experts { get; init; }

    /// <summary>F32 [T * K], finite; undefined from <c>Offsets[T]</c> on.</summary>
    public required TensorView Weights { get; init; }

    /// <summary>Sets a row; rows are set in ascending order. For routers on the host.</summary>
    /// <param name="row">0 .. T - 1.</param>
    /// <param name="experts">At most K ids.</param>
    /// <param name="weights">As many multipliers.</param>
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
