using Backend.Torch.Attention;
using Spud;

namespace Backend.Torch.Native;

/// <summary>The shim's attention of one layer.</summary>
internal sealed class AttentionHandle : IDisposable
{
    private nint _attention;

    public AttentionHandle(in NativeAttentionConfig config) => Shim.Require(Shim.Attention(config, out _attention));

    /// <summary>Fills query [T, H, D], key [T, G, D] and value [T, G, Dv] from input [T, C].</summary>
    public void Project(in TensorView input, in TensorView positions, in Heads heads) => Shim.Require(
        Shim.AttentionProject(_attention, new(input), new(positions), new(heads.Query), new(heads.Key), new(heads.Value)));

    /// <summary>Folds pages of a type that libtorch computes in.</summary>
    /// <param name="slices">[S], which the run offsets of the pages [S + 1] follow.</param>
    /// <param name="query">[T, H, D].</param>
    /// <param name="pages">What to read.</param>
    /// <param name="state">Merged into.</param>
    public unsafe void Fold(ReadOnlySpan<SequenceSlice> slices, in TensorView query, in FoldedPages pages, in AttentionState state)
    {
        fixed (SequenceSlice* first = slices)
        {
            NativeFoldInput input = new()
            {
                Query = new(query),
                Keys = new(pages.Keys),
                Values = new(pages.Values),
                Positions = (int*)pages.Positions.Address,
                Runs = (KeyRun*)pages.Runs.Address,
                RunOffsets = (int*)pages.RunOffsets.Address,
                Slices = first,
                Sequences = slices.Length,
                PageTokens = pages.Keys.Shape[2],
            };
            Shim.Require(Shim.AttentionFold(_attention, input, new(state)));
        }
    }

    /// <summary>Adds to output [T, C].</summary>
    public void Finish(in AttentionState state, in TensorView output) => Shim.Require(Shim.AttentionFinish(_attention, new(state), new(output)));

    public void Dispose()
    {
        Shim.AttentionFree(_attention);
        _attention = 0;
    }
}
