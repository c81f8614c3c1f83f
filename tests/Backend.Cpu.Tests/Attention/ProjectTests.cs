using Backend.Cpu.Shared;
using Backend.Cpu.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Cpu.Tests.Attention;

public sealed class ProjectTests
{
    private static readonly TestModel s_plain = new();

    public static TheoryData<string, TestModel, ElementType> Models => new()
    {
        { "plain", s_plain, ElementType.F32 },
        { "interleaved", s_plain with { Rope = new() { Interleaved = true, Width = 16, Base = 500_000 } }, ElementType.F16 },
        { "partial, factors, magnitude", s_plain with { Rope = new() { Interleaved = false, Width = 8, Base = 100, Factors = [1, 2, 4, 8], Magnitude = 1.2f } }, ElementType.Q8_0 },
        { "no rope", s_plain with { Rope = null }, ElementType.F32 },
        { "bias", s_plain with { Traits = new() { [Trait.ProjectionBias] = 1 } }, ElementType.Q4_0 },
        { "head norm", s_plain with { QueryHeads = 6, KvHeads = 1, Traits = new() { [Trait.HeadNorm] = 1 } }, ElementType.BF16 },
        { "full norm", s_plain with { KvHeads = 4, Traits = new() { [Trait.FullNorm] = 1 } }, ElementType.F32 },
        { "score scale, wide values", s_plain with { ValueWidth = 24, Traits = new() { [Trait.ScoreScale] = 0.5f } }, ElementType.F32 },
        { "odd widths", s_plain with { Hidden = 40, KeyWidth = 6, ValueWidth = 10, QueryHeads = 9, KvHeads = 3, Rope = new() { Interleaved = true, Width = 4, Base = 10 } }, ElementType.F32 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void HeadsAreTheOracles(string name, TestModel model, ElementType type)
    {
        Assert.NotEmpty(name);
        using AttentionRun run = new(model, TestStep.Slices((19, 3), (1, 900), (1, 0)), weights: type);
        run.Project();
        AttentionOracle oracle = new(model, run.Build);
        ReadOnlySpan<int> positions = run.Step.Positions.AsSpan<int>();
        for (int row = 0; row < run.Step.Rows; row++)
        {
            (double[] query, double[] key, double[] value) = oracle.Project(Plain.Row(run.Input, row), positions[row]);
            Compare.Near(query, run.Heads.Query.At(row).AsSpan<float>(), Exact.F32);
            Compare.Near(key, run.Heads.Key.At(row).AsSpan<float>(), Exact.F32);
            Compare.Near(value, run.Heads.Value.At(row).AsSpan<float>(), Exact.F32);
        }
    }

    [Fact]
    public void RoundedActivationsStayNearTheOracle()
    {
        using AttentionRun run = new(s_plain, TestStep.Slices((3, 3)), weights: ElementType.Q8_0, activations: ActivationPrecision.Q8);
        run.Project();
        (double[] query, _, _) = new AttentionOracle(s_plain, run.Build).Project(Plain.Row(run.Input, 1), 4);
        Compare.Near(query, run.Heads.Query.At(1).AsSpan<float>(), Exact.Q8);
    }

    [Theory]
    [InlineData(ElementType.F32, false)]
    [InlineData(ElementType.Q8_0, true)]
    [InlineData(ElementType.Q4_0, true)]
    [InlineData(ElementType.F16, true)]
    public void NeitherThreadsNorNeighboursChangeABit(ElementType type, bool rounded)
    {
        ActivationPrecision activations = rounded ? ActivationPrecision.Q8 : ActivationPrecision.F32;
        int[] expected = [];
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using AttentionRun run = new(s_plain, TestStep.Slices((64, 0), (1, 5)), threads, type, activations);
            run.Project();
            int[] bits = Compare.Bits(run.Heads.Query);
            Assert.Equal(threads == 1 ? bits : expected, bits);
            expected = bits;
        }

        foreach (int row in new[] { 0, 1, 37, 63 })
        {
            using AttentionRun alone = new(s_plain, TestStep.Slices((1, row)), 2, type, activations);
            alone.Project();
            int width = s_plain.QueryHeads * s_plain.KeyWidth;
            Assert.Equal(expected.AsSpan(row * width, width).ToArray(), Compare.Bits(alone.Heads.Query));
        }
    }
}
