using Attention.Tests;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Attention.DualChunk.Tests;

/// <summary>The decorated fold against dual chunk attention in double precision, from the definition.</summary>
public sealed class DualChunkFoldTests
{
    private const int S = 12, W = 5;

    private static readonly Dictionary<string, TestModel> s_models = new()
    {
        ["halves"] = new(),
        ["interleaved"] = new() { Rope = new() { Interleaved = true, Width = 16, Base = 10_000 } },
        ["part of the width"] = new() { Rope = new() { Interleaved = false, Width = 6, Base = 500 } },
        ["part of the width, interleaved"] = new() { Rope = new() { Interleaved = true, Width = 10, Base = 500 } },
        ["frequency factors"] = new() { Rope = new() { Interleaved = true, Width = 16, Base = 10_000, Factors = [1, 1, 1.5f, 2, 4, 8, 8, 8], Magnitude = 1.2f } },
        ["no positions"] = new() { Rope = null },
        ["a window within the distances"] = new() { Traits = new() { [Trait.Window] = S + W } },
        ["a window beyond them"] = new() { Traits = new() { [Trait.Window] = S + W + 20 } },
    };

    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(["reference/reference", "backend.cpu/cpu"], s_models.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fold_is_dual_chunk_attention(string attention, string model)
    {
        foreach (SequenceSlice[] slices in new[]
        {
            TestStep.Slices((1, 0)), TestStep.Slices((1, S + W)), TestStep.Slices((1, S + W + 1)), TestStep.Slices((1, 100)), TestStep.Slices((70, 0)),
            TestStep.Slices((7, 30), (1, 5), (1, 200), (20, 10)),
        })
            Check(attention, s_models[model], slices, static _ => true);
    }

    /// <summary>What a cache forgot is not there: runs have gaps, and may begin or end anywhere in a chunk.</summary>
    [Theory]
    [InlineData("reference/reference")]
    [InlineData("backend.cpu/cpu")]
    public void Keys_that_a_cache_forgot_are_missing(string attention)
    {
        SequenceSlice[] slices = TestStep.Slices((3, 97), (1, 64));
        Check(attention, s_models["halves"], slices, static position => position is < 4 or > 50);
        Check(attention, s_models["halves"], slices, static position => position % 3 != 1);
        Check(attention, s_models["halves"], slices, static position => position is > 95 or 63 or 64);
    }

    /// <summary>Queries are turned back by as many tokens as the text is long: angles of single precision would be off by hundredths.</summary>
    [Theory]
    [InlineData("reference/reference")]
    [InlineData("backend.cpu/cpu")]
    public void Far_positions_are_turned_as_exactly_as_near_ones(string attention) =>
        Check(attention, s_models["interleaved"], TestStep.Slices((2, 200_000)), static position => position % 4999 < 2 || position > 199_980);

    [Theory]
    [InlineData("reference/reference")]
    [InlineData("backend.cpu/cpu")]
    public void Within_one_chunk_and_the_exact_distances_the_bits_are_those_of_the_plain_fold(string attention)
    {
        SequenceSlice[] slices = TestStep.Slices((S + W + 1, 0), (1, S + W));
        using FoldRig plain = new(attention, s_models["halves"], slices, "dual-chunk", null), chunked = new(attention, s_models["halves"], slices, "dual-chunk", Options());
        Assert.Equal(plain.Attended(static _ => true), chunked.Attended(static _ => true));
    }

    [Fact]
    public void Scores_of_positions_beyond_the_trained_length_are_scaled()
    {
        // The trained length of test models.
        int trained = s_models["halves"].Describe().ContextTokens;
        Check("reference/reference", s_models["halves"], TestStep.Slices((4, trained - 2)), static position => position % 40 == 0, scaleScores: true);
    }

    private static string Options(bool scaleScores = false) => $$"""{"chunkTokens":{{S}},"localTokens":{{W}},"scaleScores":{{(scaleScores ? "true" : "false")}}}""";

    private static void Check(string attention, TestModel model, SequenceSlice[] slices, Func<int, bool> kept, bool scaleScores = false)
    {
        using FoldRig rig = new(attention, model, slices, "dual-chunk", Options(scaleScores));
        float[] got = rig.Attended(kept);
        int width = model.QueryHeads * model.ValueWidth;
        foreach (SequenceSlice slice in slices)
        {
            for (int row = 0; row < slice.Rows; row++)
            {
                int position = slice.FirstPosition + row;
                int[] keys = [.. Enumerable.Range(0, position + 1).Where(kept)];
                double[] expected = Attend(model, slice.Id, rig.QueryOf(slice.FirstRow + row), position, keys, scaleScores ? model.Describe().ContextTokens : int.MaxValue);
                for (int i = 0; i < width; i++)
                    Assert.True(Math.Abs(expected[i] - got[(slice.FirstRow + row) * width + i]) < 2e-5, $"row {row} of sequence {slice.Id}, position {position}: {got[(slice.FirstRow + row) * width + i]}, expected {expected[i]}");
            }
        }
    }

    /// <summary>Query and keys as stored are turned by their positions; here both are turned back, and then to their places.</summary>
    private static double[] Attend(TestModel model, int sequence, double[] query, int position, int[] keys, int trained)
    {
        (int d, int dv, int group) = (model.KeyWidth, model.ValueWidth, model.QueryHeads / model.KvHeads);
        bool turns = model.Rope is not null && !(model.Traits.TryGetValue(Trait.Window, out float window) && window <= S + W);
        double span = model.Traits.TryGetValue(Trait.Window, out float n) ? n : double.PositiveInfinity, scale = position >= trained ? 1 + 0.1 * Math.Log((position + 1.0) / trained) : 1;
        double[] result = new double[model.QueryHeads * dv];
        for (int head = 0; head < model.QueryHeads; head++)
        {
            double sum = 0;
            foreach (int key in keys.Where(key => key > position - span))
            {
                double[] q = query[(head * d)..((head + 1) * d)], k = FoldRig.Double(TestPages.KeyOf(model, sequence, key))[(head / group * d)..((head / group + 1) * d)];
                double[] v = FoldRig.Double(TestPages.ValueOf(model, sequence, key))[(head / group * dv)..((head / group + 1) * dv)];
                if (turns)
                    (q, k) = (Turned(model.Rope!, q, -position + PlaceOf(position, key)), Turned(model.Rope!, k, -key + key % S));
                double weight = Math.Exp(scale * Plain.Dot(q, k));
                sum += weight;
                for (int i = 0; i < dv; i++)
                    result[head * dv + i] += weight * v[i];
            }

            for (int i = 0; i < dv; i++)
                result[head * dv + i] /= sum;
        }

        return result;
    }

    private static int PlaceOf(int query, int key) => (query / S - key / S) switch
    {
        0 => query % S,
        1 => Math.Min(query % S + S, S + W),
        _ => S + W,
    };

    private static double[] Turned(Rope rope, double[] head, int by)
    {
        for (int i = 0; i < rope.Width / 2; i++)
        {
            (int first, int second) = rope.Interleaved ? (2 * i, 2 * i + 1) : (i, i + rope.Width / 2);
            double angle = by * Math.Pow(rope.Base, -2.0 * i / rope.Width) / (rope.Factors.IsEmpty ? 1 : rope.Factors[i]);
            (head[first], head[second]) = (head[first] * Math.Cos(angle) - head[second] * Math.Sin(angle), head[first] * Math.Sin(angle) + head[second] * Math.Cos(angle));
        }

        return head;
    }
}
