using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>
/// Pages of types in which libtorch cannot compute (q8_0, q4_0): a number of a sequence's keys at a time are expanded to f32, for all heads,
/// and folded like a separate page.
/// </summary>
internal sealed class ExpandedPages
{
    private const int KeysAtOnce = 1024;
    private const int Line = 64;
    private readonly IMemoryDomain _host;
    private readonly Workspace _workspace;
    private readonly long _values, _positions, _runs, _offsets;

    public ExpandedPages(IBuildContext build)
    {
        _host = build.Host;
        long keys = 0, values = 0;
        foreach (int layer in build.Layers)
        {
            KvGeometry kv = build.Model.Layers[layer].Kv;
            (keys, values) = (Math.Max(keys, (long)kv.Heads * kv.KeyWidth), Math.Max(values, (long)kv.Heads * kv.ValueWidth));
        }

        _values = Aligned(keys * KeysAtOnce * sizeof(float));
        _positions = _values + Aligned(values * KeysAtOnce * sizeof(float));
        _runs = _positions + Aligned(KeysAtOnce * sizeof(int));
        _offsets = _runs + Line;
        _workspace = build.Reserve(build.Host, _offsets + Line);
    }

    /// <summary>Whether these pages must be expanded.</summary>
    public static bool Needs(in PageView pages) => IsQuantised(pages.Pool.Keys.Type) || IsQuantised(pages.Pool.Values.Type);

    /// <summary>Folds all keys that the step's rows may see.</summary>
    public void Fold(KeyFold fold, LayerDescription model, in Step step, Tensor query, in PageView pages, in State state)
    {
        int window = fold.Window ?? int.MaxValue;
        for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
        {
            ReadOnlySpan<SequenceSlice> slice = step.Sequences.Slice(sequence, 1);
            int first = Math.Max(0, slice[0].FirstPosition - window + 1), last = slice[0].FirstPosition + slice[0].Rows - 1;
            foreach (KeyRun run in pages.Of(sequence))
            {
                if (run.LastPosition < first || run.FirstPosition > last)
                    continue;

                for (int key = 0; key < run.Keys; key += KeysAtOnce)
                    fold.Fold(slice, query, Expand(model.Kv, pages, run, key, Math.Min(KeysAtOnce, run.Keys - key)), state);
            }
        }
    }

    private FoldedPages Expand(KvGeometry kv, in PageView pages, in KeyRun run, int from, int count)
    {
        TensorView keys = _workspace.View(ElementType.F32, 1, kv.Heads, count, kv.KeyWidth);
        TensorView values = _workspace.ViewAt(_values, ElementType.F32, 1, kv.Heads, count, kv.ValueWidth);
        TensorView positions = _workspace.ViewAt(_positions, ElementType.I32, 1, count);
        for (int head = 0; head < kv.Heads; head++)
        {
            _host.Copy(pages.KeysOf(run, head).Rows(from, count), keys.At(0).At(head));
            _host.Copy(pages.ValuesOf(run, head).Rows(from, count), values.At(0).At(head));
        }

        _host.Copy(pages.PositionsOf(run).Rows(from, count), positions.At(0));
        return new()
        {
            Keys = keys,
            Values = values,
            Positions = positions,
            Runs = OneRun(positions.AsSpan<int>()),
            RunOffsets = OneOffset(),
        };
    }

    private TensorView OneRun(ReadOnlySpan<int> positions)
    {
        TensorView runs = _workspace.ViewAt(_runs, ElementType.I32, 1, 5);
        runs.AsSpan<KeyRun>()[0] = new() { Page = 0, FirstKey = 0, Keys = positions.Length, FirstPosition = positions[0], LastPosition = positions[^1] };
        return runs;
    }

    private TensorView OneOffset()
    {
        TensorView offsets = _workspace.ViewAt(_offsets, ElementType.I32, 2);
        (offsets.AsSpan<int>()[0], offsets.AsSpan<int>()[1]) = (0, 1);
        return offsets;
    }

    private static bool IsQuantised(ElementType type) => type is ElementType.Q8_0 or ElementType.Q4_0;

    private static long Aligned(long bytes) => (bytes + Line - 1) / Line * Line;
}
