using Backend.Torch.Shared;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Attention;

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
            Compare.Near(query, run.Heads.Query.At(row).AsSpan<float>(), Compare.F32);
            Compare.Near(key, run.Heads.Key.At(row).AsSpan<float>(), Compare.F32);
            Compare.Near(value, run.Heads.Value.At(row).AsSpan<float>(), Compare.F32);
        }
    }

    [Theory]
    [InlineData("BF16", Compare.BF16)]
    [InlineData("F16", Compare.F16)]
    public void SmallerTypesStayNearTheOracle(string dtype, double tolerance)
    {
        foreach (int rows in new[] { 1, 19 })
        {
            using AttentionRun run = new(s_plain, TestStep.Slices((rows, 3)), dtype: Enum.Parse<ComputeType>(dtype));
            run.Project();
            (double[] query, double[] key, _) = new AttentionOracle(s_plain, run.Build).Project(Plain.Row(run.Input, 0), 3);
            Compare.Near(query, run.Heads.Query.At(0).AsSpan<float>(), tolerance);
            Compare.Near(key, run.Heads.Key.At(0).AsSpan<float>(), tolerance);
        }
    }
}
