using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// What <see cref="IHistory.AddKeyMass"/> reads of a row's note: F32 query [H, D], maxima [H] and sums [H]. A note may be longer.
/// </summary>
[Experimental(Experiments.Id)]
public static class QueryNote
{
    /// <summary>Size in bytes, a multiple of 8.</summary>
    public static int BytesOf(LayerDescription layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.QueryHeads * (layer.Kv.KeyWidth + 2) * sizeof(float) + 7) / 8 * 8;
    }

    /// <summary>Writes a row's query, maximum and sum into its note.</summary>
    /// <param name="query">F32 [T, H, D].</param>
    /// <param name="state">Max and Sum [T, H].</param>
    /// <param name="row">0 .. T - 1.</param>
    /// <param name="note">The row's note; if it is empty (not kept), nothing is written.</param>
    public static void Write(in TensorView query, in AttentionState state, int row, Span<float> note)
    {
        if (note.IsEmpty)
            return;

        ReadOnlySpan<float> q = query.At(row).AsSpan<float>(), max = state.Max.At(row).AsSpan<float>();
        q.CopyTo(note);
        max.CopyTo(note[q.Length..]);
        state.Sum.At(row).AsSpan<float>().CopyTo(note[(q.Length + max.Length)..]);
    }
}
