using Backend.Onnx.Shared;
using Backend.Shared.Attention;
using Spud;
using Spud.Numerics;

namespace Backend.Onnx.Attention;

/// <summary>
/// Folds the keys of a step, a number of rows and keys at a time. Contiguous F32 keys are read in place; others are gathered
/// first. If the state is empty, a graph writes to it directly; otherwise the result is merged. On a device, where the host cannot tell
/// whether it is empty, the result is always merged.
/// </summary>
internal sealed class Fold
{
    private const int BlockRows = 128, ScoresAtOnce = 1 << 20, MinKeys = 128, MaxKeysOfBlock = 1024, MaxKeysOfRow = 16384;
    private const int GatheredKeys = 2048;

    // Runs shorter than this are copied next to the following one: running a graph costs about as much.
    private const int WorthItsRun = 256;

    private readonly KeyGather _gather;
    private readonly FoldMask _mask;
    private readonly Workspace _states;
    private readonly MergeGraph? _merge;
    private readonly long _stateBytes;

    public Fold(IBuildContext build, Sessions sessions, IReadOnlyCollection<Geometry> shapes)
    {
        int rows = Math.Min(BlockRows, build.Limits.Rows), context = build.Limits.ContextTokens;
        _gather = new KeyGather(build, sessions.Domain, shapes, Math.Min(GatheredKeys, context));
        _mask = new FoldMask(build, sessions.Domain, rows * Math.Min(MaxKeysOfBlock, context));
        _stateBytes = (long)rows * shapes.Max(shape => shape.QueryHeads * (2 + shape.ValueWidth)) * sizeof(float);
        _states = build.Reserve(sessions.Domain, sessions.Domain.IsHost ? _stateBytes : 2 * _stateBytes);
        _merge = sessions.Domain.IsHost ? null : new MergeGraph(sessions);
        const int copiesOfScores = 3;
        build.EstimateNative(sessions.Domain, (long)ScoresAtOnce * copiesOfScores * sizeof(float));
    }

    /// <summary>Merges the step's keys into the state.</summary>
    public void Run(AttentionLayer layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        ReadOnlySpan<SequenceSlice> sequences = step.Sequences;
        for (int i = 0; i < sequences.Length; i++)
        {
            SequenceSlice sequence = sequences[i];
            for (int row = 0; row < sequence.Rows; row += BlockRows)
            {
                RowBlock block = new(sequence.FirstRow + row, Math.Min(BlockRows, sequence.Rows - row), sequence.FirstPosition + row);
                FoldRuns(layer, block, query.Rows(block.FirstRow, block.Rows), pages, pages.Of(i), StateOf(state, block));
            }
        }
    }

    private static AttentionState StateOf(in AttentionState state, in RowBlock rows) => new()
    {
        Max = state.Max.Rows(rows.FirstRow, rows.Rows),
        Sum = state.Sum.Rows(rows.FirstRow, rows.Rows),
        Accumulator = state.Accumulator.Rows(rows.FirstRow, rows.Rows),
    };

    private static KeyBlock InPlace(in PageView pages, in KeyRun run)
    {
        (TensorView keys, TensorView values) = (pages.Pool.Keys, pages.Pool.Values);
        return new()
        {
            Keys = pages.KeysOf(run, 0).Address,
            Values = pages.ValuesOf(run, 0).Address,
            KeyStride = (nint)keys.Shape[2] * keys.Shape[3] * sizeof(float),
            ValueStride = (nint)values.Shape[2] * values.Shape[3] * sizeof(float),
            Count = run.Keys,
        };
    }

    private static int MaxKeys(Geometry shape, int rows) => rows == 1
        ? MaxKeysOfRow
        : Math.Clamp(ScoresAtOnce / (shape.QueryHeads * rows), MinKeys, MaxKeysOfBlock);

    private void FoldRuns(
        AttentionLayer layer, in RowBlock rows, in TensorView query, in PageView pages, ReadOnlySpan<KeyRun> runs, in AttentionState state)
    {
        int from = Math.Max(0, rows.FirstPosition - layer.Window + 1), to = rows.LastPosition, most = MaxKeys(layer.Shape, rows.Rows);
        bool readable = pages.Pool.Keys.Type == ElementType.F32 && pages.Pool.Values.Type == ElementType.F32;
        _gather.Clear(layer.Shape, most);
        for (int i = RunSearch.FirstReaching(runs, from); i < runs.Length && runs[i].FirstPosition <= to; i++)
        {
            bool isLast = i + 1 == runs.Length || runs[i + 1].FirstPosition > to;
            KeyRun left = RunSearch.Cut(runs[i], pages.PositionsOf(runs[i]).AsSpan<int>(), from, to);
            while (left.Keys > 0)
            {
                int keys = Math.Min(left.Keys, most);
                if (readable && _gather.Count == 0 && (keys >= WorthItsRun || isLast))
                {
                    KeyRun part = RunSearch.Part(left, pages.PositionsOf(left).AsSpan<int>(), 0, keys);
                    FoldKeys(layer, rows, query, InPlace(pages, part), pages.PositionsOf(part).AsSpan<int>(), state);
                }
                else
                {
                    keys = _gather.Add(pages, left);
                    if (_gather.IsFull)
                        FoldGathered(layer, rows, query, state, most);
                }

                left = RunSearch.Part(left, pages.PositionsOf(left).AsSpan<int>(), keys, left.Keys - keys);
            }
        }

        if (_gather.Count > 0)
            FoldGathered(layer, rows, query, state, most);
    }

    private void FoldGathered(AttentionLayer layer, in RowBlock rows, in TensorView query, in AttentionState state, int maxKeys)
    {
        FoldKeys(layer, rows, query, _gather.Block, _gather.Positions, state);
        _gather.Clear(layer.Shape, maxKeys);
    }

    private void FoldKeys(
        AttentionLayer layer, in RowBlock rows, in TensorView query, in KeyBlock keys, ReadOnlySpan<int> positions, in AttentionState state)
    {
        bool isMasked = FoldMask.IsNeeded(rows, layer.Window, positions), isEmpty = _merge is null && !state.Sum.AsSpan<float>().ContainsAnyExcept(0f);
        AttentionState target = isEmpty ? state : Scratch(layer.Shape, rows.Rows, 0);
        FoldGraph graph = isMasked ? layer.FoldMasked : rows.Rows == 1 ? layer.FoldRow : layer.FoldRows;
        graph.Run(query, keys, isMasked ? _mask.Of(rows, layer.Window, positions) : default, target);
        if (_merge is not null)
        {
            MergeThere(target, state, Scratch(layer.Shape, rows.Rows, _stateBytes));
            return;
        }

        if (isMasked)
            ForgetBlindRows(target);
        if (!isEmpty)
            Merge(target, state);
    }

    private void MergeThere(in AttentionState from, in AttentionState into, in AttentionState merged)
    {
        _merge!.Run(from, into, merged);
        IMemoryDomain domain = into.Max.Domain;
        domain.Copy(merged.Max, into.Max);
        domain.Copy(merged.Sum, into.Sum);
        domain.Copy(merged.Accumulator, into.Accumulator);
    }

    private AttentionState Scratch(Geometry shape, int rows, long at)
    {
        (int h, int dv) = (shape.QueryHeads, shape.ValueWidth);
        long floats = (long)rows * h;
        return new()
        {
            Accumulator = _states.ViewAt(at, ElementType.F32, rows, h, dv),
            Max = _states.ViewAt(at + floats * dv * sizeof(float), ElementType.F32, rows, h),
            Sum = _states.ViewAt(at + floats * (dv + 1) * sizeof(float), ElementType.F32, rows, h),
        };
    }

    private static void ForgetBlindRows(in AttentionState state)
    {
        ReadOnlySpan<float> max = state.Max.AsSpan<float>();
        Span<float> sum = state.Sum.AsSpan<float>();
        for (int i = 0; i < max.Length; i++)
            if (max[i] < FoldMask.NoKey)
                sum[i] = 0;
    }

    private static void Merge(in AttentionState from, in AttentionState into)
    {
        ReadOnlySpan<float> max = from.Max.AsSpan<float>(), sum = from.Sum.AsSpan<float>(), accumulator = from.Accumulator.AsSpan<float>();
        Span<float> intoMax = into.Max.AsSpan<float>(), intoSum = into.Sum.AsSpan<float>(), intoAccumulator = into.Accumulator.AsSpan<float>();
        int width = accumulator.Length / max.Length;
        for (int i = 0; i < max.Length; i++)
            StateMerge.Run(max[i], sum[i], accumulator.Slice(i * width, width), ref intoMax[i], ref intoSum[i], intoAccumulator.Slice(i * width, width));
    }
}
