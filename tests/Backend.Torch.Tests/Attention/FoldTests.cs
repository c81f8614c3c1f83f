using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Attention;

public sealed class FoldTests
{
    private static readonly TestModel s_plain = new() { Rope = null };

    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        // H, G, D, Dv, page
        { 4, 2, 16, 16, 16 },
        { 1, 1, 8, 8, 32 },
        { 9, 3, 64, 64, 64 },
        { 8, 1, 128, 128, 17 },
        { 6, 6, 20, 12, 256 },
        { 7, 1, 80, 80, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AStateIsTheOraclesSoftmax(int h, int g, int d, int dv, int pageTokens)
    {
        TestModel model = s_plain with { QueryHeads = h, KvHeads = g, KeyWidth = d, ValueWidth = dv };
        foreach (SequenceSlice[] slices in Steps)
        {
            using AttentionRun run = new(model, slices, pageTokens: pageTokens);
            run.Fold();
            Check(run, AttentionRun.Kept, Compare.F32);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(300)]
    [InlineData(1000)]
    public void AWindowHidesOlderKeys(int window)
    {
        TestModel model = s_plain with { Traits = new() { [Trait.Window] = window } };
        foreach (SequenceSlice[] slices in Steps)
        {
            using AttentionRun run = new(model, slices, pageTokens: 64);
            run.Fold();
            Check(run, AttentionRun.Kept, Compare.F32);
        }
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.Q8_0)]
    [InlineData(ElementType.Q4_0)]
    public void RoundedPagesAreReadAsTheyAre(ElementType type)
    {
        TestModel model = s_plain with { KeyWidth = 32, ValueWidth = 64 };
        using AttentionRun run = new(model, TestStep.Slices((20, 250), (1, 600)), pages: type, pageTokens: 64);
        run.Fold();
        Check(run, AttentionRun.Kept, Compare.F32, type);
    }

    [Fact]
    public void KeysThatAPolicyDroppedAreNotMissed()
    {
        using AttentionRun run = new(s_plain, TestStep.Slices((3, 700)), pageTokens: 32);
        static bool IsKept(int position) => position < 4 || position > 650 || position % 3 == 0;
        PageView pages = new TestPages { PageTokens = 32, Type = ElementType.F32 }.Add(Enumerable.Range(0, 703).Where(IsKept)).Build(run.Build, s_plain);
        run.Fold(pages);
        Check(run, slice => AttentionRun.Kept(slice).Where(IsKept), Compare.F32);
    }

    [Fact]
    public void TwoFoldsOverDisjointPagesAreOneFoldOverBoth()
    {
        using AttentionRun run = new(s_plain, TestStep.Slices((2, 600), (1, 40)), pageTokens: 64);
        run.Fold(Part(run, position => position % 128 < 64));
        run.Fold(Part(run, position => position % 128 >= 64));
        Check(run, AttentionRun.Kept, Compare.F32);
    }

    private static IEnumerable<SequenceSlice[]> Steps =>
    [
        TestStep.Slices((1, 0)),
        TestStep.Slices((70, 0)),
        TestStep.Slices((1, 255), (1, 256), (1, 700)),
        TestStep.Slices((33, 240), (1, 3), (5, 511)),
    ];

    private static PageView Part(AttentionRun run, Func<int, bool> isHere)
    {
        TestPages pages = new() { PageTokens = 64, Type = ElementType.F32 };
        foreach (SequenceSlice slice in run.Slices)
            pages.Add(AttentionRun.Kept(slice).Where(isHere));
        return pages.Build(run.Build, s_plain);
    }

    private static void Check(AttentionRun run, Func<SequenceSlice, IEnumerable<int>> kept, double tolerance, ElementType pages = ElementType.F32)
    {
        AttentionOracle oracle = new(run.Model, run.Build);
        for (int sequence = 0; sequence < run.Slices.Length; sequence++)
        {
            SequenceSlice slice = run.Slices[sequence];
            List<(int, double[], double[])> keys = [.. kept(slice).Select(position =>
                (position, AsStored(run, pages, TestPages.KeyOf(run.Model, sequence, position)), AsStored(run, pages, TestPages.ValueOf(run.Model, sequence, position))))];
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                double[] expected = oracle.Attend(Plain.Row(run.Heads.Query, row), slice.FirstPosition + row - slice.FirstRow, keys, withSinks: false);
                Compare.Near(expected, Divided(run, row), tolerance);
            }
        }
    }

    // What a page of the type holds of a row.
    private static double[] AsStored(AttentionRun run, ElementType pages, float[] values)
    {
        TensorView exact = run.Build.Floats(values, values.Length), stored = run.Build.Allocate(run.Build.Host, pages, values.Length);
        run.Build.Host.Copy(exact, stored);
        run.Build.Host.Copy(stored, exact);
        return [.. exact.AsSpan<float>().ToArray().Select(value => (double)value)];
    }

    private static float[] Divided(AttentionRun run, int row)
    {
        float[] sums = run.State.Sum.At(row).AsSpan<float>().ToArray(), accumulators = run.State.Accumulator.At(row).AsSpan<float>().ToArray();
        return [.. accumulators.Select((value, i) => value / sums[i / run.Model.ValueWidth])];
    }
}
