using Xunit;

namespace Spud.Tests.Execution.Pages;

/// <summary>Writes each row's token and position as its keys and values, and reads back what the host kept for each KV head.</summary>
internal sealed class HeadRecordingAttention(IMemoryDomain host, int heads) : IAttention
{
    /// <summary>Called in Fold: layer, sequence id, KV head, tokens of a page, kept (position, token).</summary>
    public required Action<int, int, int, int, List<(int Position, int Token)>> OnFold { get; init; }

    /// <summary>Called in Finish: layer, sequence id.</summary>
    public required Action<int, int> OnFinish { get; init; }

    public IMemoryDomain Domain => host;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        for (int row = 0; row < step.Rows; row++)
        {
            int token = step.TokenIds.AsSpan<int>()[row], position = step.Positions.AsSpan<int>()[row];
            heads.Query.At(row).AsSpan<float>().Clear();
            for (int head = 0; head < heads.Key.Shape[1]; head++)
            {
                heads.Key.At(row).At(head).AsSpan<float>().Fill(Key(layer, head, token, position));
                heads.Value.At(row).At(head).AsSpan<float>().Fill(-Key(layer, head, token, position));
            }
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
        {
            int ofAllHeads = 0;
            for (int head = 0; head < heads; head++)
            {
                List<(int, int)> kept = [];
                foreach (KeyRun run in pages.Of(sequence, head))
                    Read(layer, head, pages, run, kept);

                ofAllHeads += pages.Of(sequence, head).Length;
                OnFold(layer, step.Sequences[sequence].Id, head, pages.Pool.Keys.Shape[2], kept);
            }

            Assert.Equal(pages.Of(sequence).Length, ofAllHeads);
        }

        state.Sum.AsSpan<float>().Fill(1);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        foreach (SequenceSlice slice in step.Sequences)
            OnFinish(layer, slice.Id);
    }

    public void Dispose()
    {
    }

    private static void Read(int layer, int head, in PageView pages, in KeyRun run, List<(int, int)> kept)
    {
        ReadOnlySpan<int> positions = pages.PositionsOf(run).AsSpan<int>();
        Assert.Equal((run.FirstPosition, run.LastPosition), (positions[0], positions[^1]));
        for (int key = 0; key < run.Keys; key++)
        {
            float first = pages.KeysOf(run, head).At(key).AsSpan<float>()[0];
            int token = (int)first % 100;
            Assert.Equal(Key(layer, head, token, positions[key]), first);
            Assert.False(pages.KeysOf(run, head).At(key).AsSpan<float>().ContainsAnyExcept(first));
            Assert.False(pages.ValuesOf(run, head).At(key).AsSpan<float>().ContainsAnyExcept(-first));
            kept.Add((positions[key], token));
        }
    }

    private static int Key(int layer, int head, int token, int position) => token + 100 * (position % 64) + 10_000 * head + 100_000 * layer;
}
