namespace Spud.Tests.Execution.Toy;

/// <summary>Attention in double precision over F32 pages: causality, window, grouped heads; nothing else.</summary>
internal sealed class ToyAttention(IMemoryDomain host, ModelDescription model, ToyFaults faults) : IAttention
{
    public IMemoryDomain Domain => host;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        ReadOnlySpan<int> positions = step.Positions.AsSpan<int>();
        for (int row = 0; row < step.Rows; row++)
        {
            ReadOnlySpan<float> x = input.At(row).AsSpan<float>();
            double turn = 0.1 * positions[row];
            Fill(heads.Query.At(row), x, 10 * layer, turn);
            Fill(heads.Key.At(row), x, 10 * layer + 1, turn);
            Fill(heads.Value.At(row), x, 10 * layer + 2, 0);
        }

        faults.At("Project", layer, step);
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        int group = model.Layers[layer].QueryHeads / model.Layers[layer].Kv.Heads;
        for (int s = 0; s < step.Sequences.Length; s++)
        {
            SequenceSlice slice = step.Sequences[s];
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                for (int head = 0; head < model.Layers[layer].QueryHeads; head++)
                    FoldRow(layer, query, pages, state, (s, row, head, head / group), slice.FirstPosition + row - slice.FirstRow);
            }
        }

        faults.At("Fold", layer, step);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        faults.At("Finish", layer, step);
        for (int row = 0; row < step.Rows; row++)
        {
            float[] mixed = state.Accumulator.At(row).AsSpan<float>().ToArray();
            ReadOnlySpan<float> sums = state.Sum.At(row).AsSpan<float>();
            for (int i = 0; i < mixed.Length; i++)
                mixed[i] /= sums[i / (mixed.Length / sums.Length)];

            Span<float> to = output.At(row).AsSpan<float>();
            for (int c = 0; c < to.Length; c++)
                to[c] += (float)ToyMath.Product(mixed, 10 * layer + 3, c);
        }
    }

    public void Dispose()
    {
    }

    private static void Fill(in TensorView to, ReadOnlySpan<float> x, int matrix, double turn)
    {
        Span<float> all = to.AsSpan<float>();
        for (int i = 0; i < all.Length; i++)
            all[i] = (float)(ToyMath.Product(x, matrix, i) * Math.Cos(turn * (i + 1)));
    }

    private void FoldRow(int layer, in TensorView query, in PageView pages, in AttentionState state, (int Sequence, int Row, int Head, int KvHead) at, int position)
    {
        float window = model.Layers[layer].Number(Trait.Window, float.PositiveInfinity);
        ReadOnlySpan<float> q = query.At(at.Row).At(at.Head).AsSpan<float>();
        double max = double.NegativeInfinity, sum = 0;
        double[] mixed = new double[model.Layers[layer].Kv.ValueWidth];
        foreach (KeyRun run in pages.Of(at.Sequence))
        {
            ReadOnlySpan<int> positions = pages.PositionsOf(run).AsSpan<int>();
            for (int key = 0; key < run.Keys; key++)
            {
                if (positions[key] > position || positions[key] <= position - window)
                    continue;

                double score = Dot(q, pages.KeysOf(run, at.KvHead).At(key).AsSpan<float>());
                double top = Math.Max(max, score), keep = Math.Exp(max - top), add = Math.Exp(score - top);
                (max, sum) = (top, keep * sum + add);
                ReadOnlySpan<float> value = pages.ValuesOf(run, at.KvHead).At(key).AsSpan<float>();
                for (int i = 0; i < mixed.Length; i++)
                    mixed[i] = keep * mixed[i] + add * value[i];
            }
        }

        float[] rounded = [.. mixed.Select(x => (float)x)];
        AttentionState.Merge(
            (float)max, (float)sum, rounded, ref state.Max.At(at.Row).AsSpan<float>()[at.Head], ref state.Sum.At(at.Row).AsSpan<float>()[at.Head],
            state.Accumulator.At(at.Row).At(at.Head).AsSpan<float>());
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];

        return sum;
    }
}
