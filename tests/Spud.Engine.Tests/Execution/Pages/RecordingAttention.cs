using Xunit;

namespace Spud.Tests.Execution.Pages;

/// <summary>Writes each row's token and position as its key and value, and reads back what the host kept: no arithmetic, only pages.</summary>
internal sealed class RecordingAttention(IMemoryDomain host) : IAttention
{
    /// <summary>Called in Fold: layer, sequence id, kept (position, token).</summary>
    public required Action<int, int, List<(int Position, int Token)>> OnFold { get; init; }

    public IMemoryDomain Domain => host;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        Span<int> ids = step.TokenIds.AsSpan<int>(), positions = step.Positions.AsSpan<int>();
        for (int row = 0; row < step.Rows; row++)
        {
            heads.Query.At(row).AsSpan<float>().Clear();
            Fill(heads.Key.At(row), Key(layer, ids[row], positions[row]));
            Fill(heads.Value.At(row), -Key(layer, ids[row], positions[row]));
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        for (int s = 0; s < step.Sequences.Length; s++)
        {
            List<(int, int)> kept = [];
            foreach (KeyRun run in pages.Of(s))
                Read(layer, pages, run, kept);

            OnFold(layer, step.Sequences[s].Id, kept);
        }

        state.Sum.AsSpan<float>().Fill(1);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
    }

    public void Dispose()
    {
    }

    private static void Read(int layer, in PageView pages, in KeyRun run, List<(int, int)> kept)
    {
        ReadOnlySpan<int> positions = pages.PositionsOf(run).AsSpan<int>();
        Assert.Equal((run.FirstPosition, run.LastPosition), (positions[0], positions[^1]));
        for (int key = 0; key < run.Keys; key++)
        {
            float first = pages.KeysOf(run, 0).At(key).AsSpan<float>()[0];
            int token = (int)first % 100;
            Assert.Equal(Key(layer, token, positions[key]), first);
            for (int head = 0; head < 2; head++)
            {
                Assert.False(pages.KeysOf(run, head).At(key).AsSpan<float>().ContainsAnyExcept(first + 1000 * head));
                Assert.False(pages.ValuesOf(run, head).At(key).AsSpan<float>().ContainsAnyExcept(-first + 1000 * head));
            }

            kept.Add((positions[key], token));
        }
    }

    private static int Key(int layer, int token, int position) => token + 100 * (position % 10) + 100_000 * layer;

    private static void Fill(in TensorView heads, float number)
    {
        for (int head = 0; head < heads.Shape[0]; head++)
            heads.At(head).AsSpan<float>().Fill(number + 1000 * head);
    }
}
