using Backend.Torch.Experts;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Experts;

public sealed class TorchExpertsTests
{
    private static readonly TestModel s_dense = new();
    private static readonly TestModel s_mixture = new() { Experts = 6, ExpertsUsed = 2, ExpertWidth = 32 };

    public static TheoryData<string, TestModel, ElementType> Models => new()
    {
        { "dense", s_dense, ElementType.F32 },
        { "dense, gelu, post norm", s_dense with { Traits = new() { [Trait.Gelu] = 1, [Trait.ExpertPostNorm] = 1 } }, ElementType.Q8_0 },
        { "dense, odd widths", s_dense with { Hidden = 40, ExpertWidth = 50 }, ElementType.F16 },
        { "mixture", s_mixture, ElementType.Q4_0 },
        { "biases and clamps", s_mixture with { Traits = new() { [Trait.ClampedSwiGlu] = 0.3f, [Trait.ExpertBias] = 1 } }, ElementType.F32 },
        { "shared", s_mixture with { Traits = new() { [Trait.SharedExpert] = 80, [Trait.ExpertResidualScale] = 0.22f } }, ElementType.BF16 },
        { "gated shared", s_mixture with { Traits = new() { [Trait.SharedExpert] = 24, [Trait.SharedGate] = 1 } }, ElementType.F32 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void WhatIsAddedIsTheOracles(string name, TestModel model, ElementType type)
    {
        Libtorch.Require();
        Assert.NotEmpty(name);
        using TestBuild build = new(model.Describe(), threads: 2, type);
        using TorchExperts experts = new(new(), build);
        foreach (int rows in new[] { 1, 2, 7, 70 })
            CheckAgainstOracle(model, build, experts, rows, Compare.F32);
    }

    [Fact]
    public void APlanWithMoreExpertsThanTrainedIsTakenInPieces()
    {
        Libtorch.Require();
        using TestBuild build = new(s_mixture.Describe());
        using TorchExperts experts = new(new(), build);
        (int Expert, float Weight)[][] all = [.. Enumerable.Range(0, 90).Select(row => Enumerable.Range(0, 6).Select(expert => (expert, 0.1f * row)).ToArray())];
        Check(s_mixture, build, experts, all, Compare.F32);
    }

    [Fact]
    public void OutputMayBeInput()
    {
        Libtorch.Require();
        using TestBuild build = new(s_mixture.Describe());
        using TorchExperts experts = new(new(), build);
        (TensorView input, TensorView output) = Run(build, experts, Plan(s_mixture, 9));
        TensorView both = build.Floats(input.AsSpan<float>(), 9, s_mixture.Hidden);
        build.Spoil();
        experts.Execute(0, TestStep.Of(build, TestStep.Slices((9, 0))), both, PlanView(build, Plan(s_mixture, 9)), both);
        for (int i = 0; i < both.Elements; i++)
            Assert.Equal(input.AsSpan<float>()[i] + output.AsSpan<float>()[i], both.AsSpan<float>()[i], 1e-5f);
    }

    // Row 3 has no expert at all, expert 5 no row; weights may be negative.
    private static (int Expert, float Weight)[][] Plan(TestModel model, int rows) => [.. Enumerable.Range(0, rows).Select(row =>
        model.Experts == 1 ? new[] { (0, 1f) }
        : row == 3 ? []
        : row % 4 == 1 ? [(row % 5, 0.7f)]
        : new[] { ((row + 2) % 5, 1.5f), (row % 5, -0.25f) })];

    private static RoutingPlan PlanView(TestBuild build, (int Expert, float Weight)[][] rows)
    {
        int[] offsets = new int[rows.Length + 1];
        for (int row = 0; row < rows.Length; row++)
            offsets[row + 1] = offsets[row] + rows[row].Length;

        (int Expert, float Weight)[] entries = [.. rows.SelectMany(row => row)];
        return new()
        {
            Offsets = build.Ints(offsets, offsets.Length),
            Experts = build.Ints(entries.Select(entry => entry.Expert).ToArray(), entries.Length),
            Weights = build.Floats(entries.Select(entry => entry.Weight).ToArray(), entries.Length),
        };
    }

    private static (TensorView Input, TensorView Output) Run(TestBuild build, TorchExperts experts, (int Expert, float Weight)[][] plan)
    {
        (int t, int c) = (plan.Length, build.Model.HiddenWidth);
        TensorView input = build.Floats(Samples.Of("input", t * c), t, c), output = build.Floats(default, t, c);
        build.Spoil();
        experts.Execute(0, TestStep.Of(build, TestStep.Slices((t, 0))), input, PlanView(build, plan), output);
        return (input, output);
    }

    private static void CheckAgainstOracle(TestModel model, TestBuild build, TorchExperts experts, int rows, double tolerance) =>
        Check(model, build, experts, Plan(model, rows), tolerance);

    private static void Check(TestModel model, TestBuild build, TorchExperts experts, (int Expert, float Weight)[][] plan, double tolerance)
    {
        (TensorView input, TensorView output) = Run(build, experts, plan);
        ExpertsOracle oracle = new(model, build);
        for (int row = 0; row < plan.Length; row++)
            Compare.Near(oracle.Execute(Plain.Row(input, row), plan[row]), output.At(row).AsSpan<float>(), tolerance);
    }
}
