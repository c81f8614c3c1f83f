using Spud;

namespace Backend.Torch.Attention;

/// <summary>The input of one fold: a page source, or expanded keys of one.</summary>
internal readonly struct FoldedPages
{
    /// <summary>A page source used directly.</summary>
    public static FoldedPages Of(in PageView pages) => new()
    {
        Keys = pages.Pool.Keys,
        Values = pages.Pool.Values,
        Positions = pages.Pool.Positions,
        Runs = pages.Runs,
        RunOffsets = pages.RunOffsets,
    };

    /// <summary>[N, G, P, D].</summary>
    public required TensorView Keys { get; init; }

    /// <summary>[N, G, P, Dv].</summary>
    public required TensorView Values { get; init; }

    /// <summary>I32 [N, P], on the host.</summary>
    public required TensorView Positions { get; init; }

    /// <summary>I32 [R, 5], on the host.</summary>
    public required TensorView Runs { get; init; }

    /// <summary>I32 [S + 1], on the host.</summary>
    public required TensorView RunOffsets { get; init; }

    /// <summary>Positions of a run's keys.</summary>
    public ReadOnlySpan<int> PositionsOf(in KeyRun run) => Positions.AsSpan<int>().Slice(run.Page * Positions.Shape[1] + run.FirstKey, run.Keys);
}
