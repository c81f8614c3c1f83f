using System.Runtime.InteropServices;
using Spud;

namespace Frozen;

/// <summary>Reads runs and slices twice: as the contract's structs, and as the numbers that native code would see.</summary>
internal sealed class FrozenAttention : IAttention
{
    private const int RunInts = 5, SliceInts = 6;
    private readonly ModelDescription _model;
    private readonly Dictionary<int, Matrices> _layers = [];
    private readonly Workspace _expanded;

    public FrozenAttention(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        foreach (int layer in build.Layers)
        {
            LayerDescription of = _model.Layers[layer];
            (int c, int q, int k, int v) = (_model.HiddenWidth, of.QueryHeads * of.Kv.KeyWidth, of.Kv.Heads * of.Kv.KeyWidth, of.Kv.Heads * of.Kv.ValueWidth);
            _layers[layer] = new(
                build.Take(domain, $"blk.{layer}.attn_norm.weight", c),
                build.Take(domain, $"blk.{layer}.attn_q.weight", q, c),
                build.Take(domain, $"blk.{layer}.attn_k.weight", k, c),
                build.Take(domain, $"blk.{layer}.attn_v.weight", v, c),
                build.Take(domain, $"blk.{layer}.attn_output.weight", c, of.QueryHeads * of.Kv.ValueWidth));
        }

        _expanded = build.Reserve(domain, sizeof(float) * _model.Layers.Max(of => (long)of.Kv.KeyWidth + of.Kv.ValueWidth));
    }

    public IMemoryDomain Domain { get; }

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        LayerDescription of = _model.Layers[layer];
        Matrices weights = _layers[layer];
        double scale = of.Number(Trait.ScoreScale, (float)(1 / Math.Sqrt(of.Kv.KeyWidth)));
        for (int row = 0; row < step.Rows; row++)
        {
            double[] x = Arithmetic.RmsNorm(input.At(row).Floats, weights.Norm.Floats, _model.NormEpsilon);
            int position = step.Positions.Ints[row];
            Write(Turned(of.Rope, position, of.Kv.KeyWidth, Arithmetic.Multiply(weights.Query.Floats, x)), scale, heads.Query.At(row).Floats);
            Write(Turned(of.Rope, position, of.Kv.KeyWidth, Arithmetic.Multiply(weights.Key.Floats, x)), 1, heads.Key.At(row).Floats);
            Write(Arithmetic.Multiply(weights.Value.Floats, x), 1, heads.Value.At(row).Floats);
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        LayerDescription of = _model.Layers[layer];
        RequireLayout(step, pages);
        ReadOnlySpan<int> slices = MemoryMarshal.Cast<SequenceSlice, int>(step.Sequences), runs = pages.Runs.AsSpan<int>(), offsets = pages.RunOffsets.AsSpan<int>();
        for (int row = 0; row < step.Rows; row++)
        {
            int sequence = step.SequenceOfRow.Ints[row], position = slices[sequence * SliceInts + 3] + row - slices[sequence * SliceInts + 1];
            for (int run = offsets[sequence]; run < offsets[sequence + 1]; run++)
            {
                (int page, int first, int keys) = (runs[run * RunInts], runs[run * RunInts + 1], runs[run * RunInts + 2]);
                for (int key = first; key < first + keys; key++)
                {
                    if (pages.Pool.Positions.At(page).Ints[key] <= position)
                        FoldKey(of, query.At(row), pages.Pool.Keys.At(page), pages.Pool.Values.At(page), key, row, state);
                }
            }
        }
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        LayerDescription of = _model.Layers[layer];
        double[] mixed = new double[of.QueryHeads * of.Kv.ValueWidth];
        for (int row = 0; row < step.Rows; row++)
        {
            Span<float> accumulator = state.Accumulator.At(row).Floats, to = output.At(row).Floats;
            for (int i = 0; i < mixed.Length; i++)
                mixed[i] = accumulator[i] / state.Sum.At(row).Floats[i / of.Kv.ValueWidth];

            double[] added = Arithmetic.Multiply(_layers[layer].Output.Floats, mixed);
            for (int i = 0; i < to.Length; i++)
                to[i] += (float)added[i] * of.Number(Trait.AttentionResidualScale, 1);
        }
    }

    public void Dispose()
    {
    }

    private void FoldKey(LayerDescription of, in TensorView query, in TensorView keys, in TensorView values, int key, int row, in AttentionState state)
    {
        for (int head = 0; head < of.QueryHeads; head++)
        {
            int kvHead = head * of.Kv.Heads / of.QueryHeads;
            ReadOnlySpan<float> q = query.At(head).Floats, k = Expanded(keys.At(kvHead).At(key), 0), v = Expanded(values.At(kvHead).At(key), q.Length);
            double score = 0;
            for (int i = 0; i < q.Length; i++)
                score += (double)q[i] * k[i];

            AttentionState.Merge((float)score, 1, v, ref state.Max.At(row).Floats[head], ref state.Sum.At(row).Floats[head], state.Accumulator.At(row).At(head).Floats);
        }
    }

    private ReadOnlySpan<float> Expanded(in TensorView stored, int at)
    {
        TensorView floats = _expanded.ViewAt(at * sizeof(float), ElementType.F32, stored.Shape[0]);
        Domain.Copy(stored, floats);
        return floats.Floats;
    }

    private static void RequireLayout(in Step step, in PageView pages)
    {
        ReadOnlySpan<int> slices = MemoryMarshal.Cast<SequenceSlice, int>(step.Sequences);
        for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
        {
            SequenceSlice slice = step.Sequences[sequence];
            Require(slices.Slice(sequence * SliceInts, SliceInts), [slice.Id, slice.FirstRow, slice.Rows, slice.FirstPosition, (int)slice.Phase, BitConverter.SingleToInt32Bits(slice.Effort)]);
            int at = pages.RunOffsets.AsSpan<int>()[sequence];
            foreach (KeyRun run in pages.Of(sequence))
            {
                Require(pages.Runs.AsSpan<int>().Slice(at++ * RunInts, RunInts), [run.Page, run.FirstKey, run.Keys, run.FirstPosition, run.LastPosition]);
                if (pages.KeysOf(run, 0).Shape[0] != run.Keys || pages.ValuesOf(run, 0).Shape[0] != run.Keys || pages.PositionsOf(run).Ints[^1] != run.LastPosition)
                    throw new InvalidOperationException("a run is not what its page holds");
            }
        }
    }

    private static void Require(ReadOnlySpan<int> raw, ReadOnlySpan<int> fields)
    {
        if (!raw.SequenceEqual(fields))
            throw new InvalidOperationException($"as native code reads it: {string.Join(' ', raw.ToArray())}; as it is: {string.Join(' ', fields.ToArray())}");
    }

    private static double[] Turned(Rope? rope, int position, int width, double[] heads)
    {
        for (int at = 0; rope is not null && at < heads.Length; at += width)
        {
            for (int i = 0; i < rope.Width / 2; i++)
            {
                (int first, int second) = rope.Interleaved ? (at + 2 * i, at + 2 * i + 1) : (at + i, at + i + rope.Width / 2);
                double angle = position * Math.Pow(rope.Base, -2.0 * i / rope.Width) / (rope.Factors.IsEmpty ? 1 : rope.Factors[i]);
                (double sin, double cos) = (Math.Sin(angle) * rope.Magnitude, Math.Cos(angle) * rope.Magnitude);
                (heads[first], heads[second]) = (heads[first] * cos - heads[second] * sin, heads[first] * sin + heads[second] * cos);
            }
        }

        return heads;
    }

    private static void Write(double[] x, double scale, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] = (float)(x[i] * scale);
    }

    private sealed record Matrices(TensorView Norm, TensorView Query, TensorView Key, TensorView Value, TensorView Output);
}
