using Spud;

namespace Reference;

/// <summary>The online softmax over runs of keys, in double precision until a state takes it over.</summary>
internal sealed class Folding
{
    private readonly IMemoryDomain _domain;
    private readonly Workspace _rows;
    private readonly int _maxKey;
    private readonly double[] _max, _sum, _accumulator;

    public Folding(IBuildContext build, IMemoryDomain domain)
    {
        _domain = domain;
        _maxKey = build.Model.Layers.Max(of => of.Kv.KeyWidth);
        _rows = build.Reserve(domain, sizeof(float) * (_maxKey + build.Model.Layers.Max(of => of.Kv.ValueWidth)));
        int heads = build.Limits.Rows * build.Model.Layers.Max(of => of.QueryHeads);
        (_max, _sum) = (new double[heads], new double[heads]);
        _accumulator = new double[heads * build.Model.Layers.Max(of => of.Kv.ValueWidth)];
    }

    /// <summary>Folds the runs of a step's sequence into its rows' state.</summary>
    public void Fold(LayerDescription of, in Step step, int sequence, in PageView pages, in TensorView query, in AttentionState state)
    {
        SequenceSlice slice = step.Sequences[sequence];
        ReadOnlySpan<int> positions = step.Positions.Ints;
        int entries = slice.Rows * of.QueryHeads;
        _max.AsSpan(0, entries).Fill(double.NegativeInfinity);
        _sum.AsSpan(0, entries).Clear();
        _accumulator.AsSpan(0, entries * of.Kv.ValueWidth).Clear();
        for (int kvHead = 0; kvHead < of.Kv.Heads; kvHead++)
        {
            foreach (KeyRun run in pages.Of(sequence, kvHead))
            {
                ReadOnlySpan<int> keyPositions = pages.PositionsOf(run).Ints;
                for (int key = 0; key < run.Keys; key++)
                    FoldKey(of, slice, positions, kvHead, keyPositions[key], pages.KeysOf(run, kvHead).At(key), pages.ValuesOf(run, kvHead).At(key), query);
            }
        }

        for (int row = 0; row < slice.Rows; row++)
        {
            for (int head = 0; head < of.QueryHeads; head++)
                Merge(row * of.QueryHeads + head, state, slice.FirstRow + row, head);
        }
    }

    /// <summary>Adds the probabilities that rows of one sequence gave to keys.</summary>
    public void AddMass(LayerDescription of, in Step step, in PageView pages, in TensorView query, in AttentionState state, in TensorView mass)
    {
        Shape.Require(query, [step.Rows, of.QueryHeads, of.Kv.KeyWidth], "query", "[R, H, D]");
        Shape.Require(state.Sum, [step.Rows, of.QueryHeads], "sum", "[R, H]");
        for (int kvHead = 0; kvHead < of.Kv.Heads; kvHead++)
        {
            foreach (KeyRun run in pages.Of(0, kvHead))
            {
                ReadOnlySpan<int> positions = pages.PositionsOf(run).Ints;
                for (int key = 0; key < run.Keys; key++)
                    mass.At(kvHead).Floats[positions[key]] += (float)MassOf(of, step, kvHead, positions[key], Expanded(pages.KeysOf(run, kvHead).At(key), 0), query, state);
            }
        }
    }

    private static double MassOf(LayerDescription of, in Step step, int kvHead, int keyPosition, ReadOnlySpan<float> key, in TensorView query, in AttentionState state)
    {
        double mass = 0;
        float window = of.Number(Trait.Window, float.PositiveInfinity);
        int group = of.QueryHeads / of.Kv.Heads;
        for (int row = 0; row < step.Rows; row++)
        {
            int position = step.Positions.Ints[row];
            for (int head = kvHead * group; head < (kvHead + 1) * group && keyPosition <= position && keyPosition > position - window; head++)
            {
                float sum = state.Sum.At(row).Floats[head];
                mass += sum == 0 ? 0 : Math.Exp(Score(query.At(row).At(head).Floats, key) - state.Max.At(row).Floats[head]) / sum;
            }
        }

        return mass;
    }

    private void FoldKey(LayerDescription of, in SequenceSlice slice, ReadOnlySpan<int> positions, int kvHead, int keyPosition, in TensorView key, in TensorView value, in TensorView query)
    {
        ReadOnlySpan<float> k = Expanded(key, 0), v = Expanded(value, _maxKey);
        float window = of.Number(Trait.Window, float.PositiveInfinity);
        int group = of.QueryHeads / of.Kv.Heads;
        for (int row = 0; row < slice.Rows; row++)
        {
            int position = positions[slice.FirstRow + row];
            if (keyPosition > position || keyPosition <= position - window)
                continue;

            for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
                Add(row * of.QueryHeads + head, Score(query.At(slice.FirstRow + row).At(head).Floats, k), v);
        }
    }

    private ReadOnlySpan<float> Expanded(in TensorView stored, int at)
    {
        if (stored.Type == ElementType.F32)
            return stored.Floats;

        TensorView floats = _rows.ViewAt(at * sizeof(float), ElementType.F32, stored.Shape[0]);
        _domain.Copy(stored, floats);
        return floats.Floats;
    }

    private static double Score(ReadOnlySpan<float> query, ReadOnlySpan<float> key)
    {
        double score = 0;
        for (int i = 0; i < query.Length; i++)
            score += (double)query[i] * key[i];

        return score;
    }

    private void Add(int entry, double score, ReadOnlySpan<float> value)
    {
        double top = Math.Max(_max[entry], score), keep = Math.Exp(_max[entry] - top), add = Math.Exp(score - top);
        (_max[entry], _sum[entry]) = (top, keep * _sum[entry] + add);
        Span<double> accumulator = _accumulator.AsSpan(entry * value.Length, value.Length);
        for (int i = 0; i < value.Length; i++)
            accumulator[i] = keep * accumulator[i] + add * value[i];
    }

    private void Merge(int entry, in AttentionState state, int row, int head)
    {
        if (_sum[entry] == 0)
            return;

        ref float max = ref state.Max.At(row).Floats[head], sum = ref state.Sum.At(row).Floats[head];
        Span<float> into = state.Accumulator.At(row).At(head).Floats;
        ReadOnlySpan<double> accumulator = _accumulator.AsSpan(entry * into.Length, into.Length);
        // Max of an empty entry is undefined, and so is its accumulator: neither is multiplied.
        double top = sum == 0 ? _max[entry] : Math.Max(max, _max[entry]);
        double keep = sum == 0 ? 0 : Math.Exp(max - top), add = Math.Exp(_max[entry] - top);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)((sum == 0 ? 0 : keep * into[i]) + add * accumulator[i]);

        (max, sum) = ((float)top, (float)((sum == 0 ? 0 : keep * sum) + add * _sum[entry]));
    }
}
