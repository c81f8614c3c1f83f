using Attention.Tests;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Attention.Ring.Tests;

/// <summary>The ring around the built-in attention and around the reference, against attention in double precision from its definition.</summary>
public sealed class RingFoldTests
{
    private static readonly TestModel s_model = new(), s_windowed = new() { Traits = new() { [Trait.Window] = 19 } };

    public static TheoryData<string, int, int> Cases => new MatrixTheoryData<string, int, int>(["reference/reference", "backend.cpu/cpu"], [1, 2, 3, 8], [1, 5, 256]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fold_is_attention(string attention, int ranks, int blockTokens)
    {
        foreach (SequenceSlice[] slices in new[] { TestStep.Slices((1, 0)), TestStep.Slices((1, 700)), TestStep.Slices((70, 0)), TestStep.Slices((7, 30), (1, 5), (1, 200), (20, 10)) })
        {
            Check(attention, s_model, ranks, blockTokens, slices, static _ => true);
            Check(attention, s_windowed, ranks, blockTokens, slices, static _ => true);
        }
    }

    /// <summary>What a cache forgot is on no rank: runs have gaps, and ranks may be empty.</summary>
    [Theory]
    [InlineData("reference/reference")]
    [InlineData("backend.cpu/cpu")]
    public void Keys_that_a_cache_forgot_are_missing(string attention)
    {
        SequenceSlice[] slices = TestStep.Slices((3, 97), (1, 64));
        Check(attention, s_model, 4, 8, slices, static position => position is < 4 or > 50);
        Check(attention, s_model, 3, 5, slices, static position => position % 3 != 1);
        Check(attention, s_model, 8, 40, slices, static position => position is > 95 or 63 or 64);
    }

    /// <summary>A policy that keeps what attention looks at gets the same masses from ranks as from one fold.</summary>
    [Theory]
    [InlineData("reference/reference", 3)]
    [InlineData("backend.cpu/cpu", 2)]
    [InlineData("backend.cpu/cpu", 5)]
    public void The_mass_of_keys_is_that_without_ranks(string attention, int ranks)
    {
        SequenceSlice[] slices = TestStep.Slices((6, 90));
        using FoldRig plain = new(attention, s_model, slices, "ring", null), ring = new(attention, s_model, slices, "ring", Options(ranks, 7));
        float[] expected = plain.Mass(), got = ring.Mass();
        Assert.Equal(6 * s_model.QueryHeads, expected.Sum(), 1e-3);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], got[i], 1e-5f);
    }

    private static string Options(int ranks, int blockTokens) => $$"""{"ranks":{{ranks}},"blockTokens":{{blockTokens}}}""";

    private static void Check(string attention, TestModel model, int ranks, int blockTokens, SequenceSlice[] slices, Func<int, bool> kept)
    {
        using FoldRig rig = new(attention, model, slices, "ring", Options(ranks, blockTokens));
        float[] got = rig.Attended(kept);
        int width = model.QueryHeads * model.ValueWidth;
        foreach (SequenceSlice slice in slices)
        {
            for (int row = 0; row < slice.Rows; row++)
            {
                int position = slice.FirstPosition + row;
                double window = model.Traits.TryGetValue(Trait.Window, out float n) ? n : double.PositiveInfinity;
                int[] keys = [.. Enumerable.Range(0, position + 1).Where(key => kept(key) && key > position - window)];
                double[] expected = Attend(model, slice.Id, rig.QueryOf(slice.FirstRow + row), keys);
                for (int i = 0; i < width; i++)
                    Assert.True(Math.Abs(expected[i] - got[(slice.FirstRow + row) * width + i]) < 1e-5, $"row {row} of sequence {slice.Id}, position {position}: {got[(slice.FirstRow + row) * width + i]}, expected {expected[i]}");
            }
        }
    }

    private static double[] Attend(TestModel model, int sequence, double[] query, int[] keys)
    {
        (int d, int dv, int group) = (model.KeyWidth, model.ValueWidth, model.QueryHeads / model.KvHeads);
        double[] result = new double[model.QueryHeads * dv];
        for (int head = 0; head < model.QueryHeads; head++)
        {
            double sum = 0;
            foreach (int key in keys)
            {
                double weight = Math.Exp(Plain.Dot(query[(head * d)..((head + 1) * d)], FoldRig.Double(TestPages.KeyOf(model, sequence, key))[(head / group * d)..((head / group + 1) * d)]));
                double[] value = FoldRig.Double(TestPages.ValueOf(model, sequence, key))[(head / group * dv)..((head / group + 1) * dv)];
                sum += weight;
                for (int i = 0; i < dv; i++)
                    result[head * dv + i] += weight * value[i];
            }

            for (int i = 0; i < dv; i++)
                result[head * dv + i] /= sum;
        }

        return result;
    }
}
