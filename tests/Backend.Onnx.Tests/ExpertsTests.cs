using Backend.Onnx.Experts;
using Backend.Onnx.Head;
using Backend.Onnx.Router;
using Backend.Onnx.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Onnx.Tests;

/// <summary>Experts, router and head against the double-precision reference.</summary>
public sealed class ExpertsTests
{
    private const double Exact = 2e-5;
    private static readonly TestModel s_mixture = new() { Experts = 6, ExpertsUsed = 2, ExpertWidth = 32 };

    public static TheoryData<string, TestModel> Models => new()
    {
        { "dense", new TestModel() },
        { "dense, gelu, post norm", new TestModel { Traits = new() { [Trait.Gelu] = 1, [Trait.ExpertPostNorm] = 1, [Trait.ExpertResidualScale] = 0.3f } } },
        { "dense, biases, clamp", new TestModel { Traits = new() { [Trait.ExpertBias] = 1, [Trait.ClampedSwiGlu] = 0.2f } } },
        { "dense and a shared one", new TestModel { Traits = new() { [Trait.SharedExpert] = 48 } } },
        { "mixture", s_mixture },
        { "mixture, biases, clamp, scale", s_mixture with { Traits = new() { [Trait.ExpertBias] = 1, [Trait.ClampedSwiGlu] = 0.2f, [Trait.ExpertResidualScale] = 0.3f } } },
        { "shared behind a gate, post norm", s_mixture with { Traits = new() { [Trait.SharedExpert] = 48, [Trait.SharedGate] = 1, [Trait.ExpertPostNorm] = 1 } } },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void WhatIsAddedIsTheOracles(string name, TestModel model)
    {
        Assert.NotEmpty(name);
        foreach (ElementType type in new[] { ElementType.F32, ElementType.Q4_0 })
        {
            foreach (int[] entries in new int[][] { [2, 0, 6, 1, 3], [1] })
                Check(model, type, model.Experts == 1 ? [.. entries.Select(_ => 1)] : entries);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RoutesAreTheOracles(bool renormalises)
    {
        Dictionary<string, float> traits = new() { [Trait.GateBias] = 1 };
        if (renormalises)
            traits[Trait.Renormalise] = 1;
        TestModel model = s_mixture with { Traits = traits };
        using TestBuild build = new(model.Describe());
        using OnnxRouter router = Made.Router(build);
        Step step = TestStep.Of(build, TestStep.Slices((7, 0), (1, 9)));
        TensorView hidden = build.Floats(Samples.Of("hidden", 8 * model.Hidden), 8, model.Hidden);
        RoutingPlan plan = new() { Offsets = build.Ints(default, 9), Experts = build.Ints(default, 16), Weights = build.Floats(default, 16) };
        build.Spoil();
        router.Route(0, step, hidden, plan);
        RouterOracle oracle = new(model, build);
        for (int row = 0; row < 8; row++)
        {
            IReadOnlyList<(int Expert, double Weight)> expected = oracle.Route(Plain.Row(hidden, row), 2);
            Assert.Equal(expected.Select(entry => entry.Expert), plan.Experts.AsSpan<int>().Slice(2 * row, 2).ToArray());
            Compare.Near([.. expected.Select(entry => entry.Weight)], plan.Weights.AsSpan<float>().Slice(2 * row, 2), Exact);
        }

        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 16], plan.Offsets.AsSpan<int>().ToArray());
    }

    [Theory]
    [InlineData(true, ElementType.F16)]
    [InlineData(false, ElementType.Q4_0)]
    [InlineData(false, ElementType.Q8_0)]
    public void EmbeddingsAndLogitsAreTheOracles(bool tied, ElementType type)
    {
        Dictionary<string, float> traits = new() { [Trait.EmbeddingScale] = 8, [Trait.LogitScale] = 0.25f };
        if (tied)
            traits[Trait.TiedHead] = 1;
        TestModel model = new() { Vocabulary = 333, Hidden = 96, Traits = traits };
        using TestBuild build = new(model.Describe(), threads: 2, type);
        using OnnxHead head = Made.Head(build);
        Step step = TestStep.Of(build, TestStep.Slices((5, 0), (1, 17)));
        TensorView hidden = build.Floats(Samples.Of("hidden", 6 * 96), 6, 96), logits = build.Floats(default, 3, 333), embedded = build.Floats(default, 6, 96);
        int[] rows = [0, 4, 5];
        build.Spoil();
        head.Embed(step, embedded);
        head.Logits(step, hidden, rows, logits);
        HeadOracle oracle = new(model, build);
        Compare.Near(oracle.Embed(step.TokenIds.AsSpan<int>()[3]), embedded.At(3).AsSpan<float>(), 1e-6);
        for (int i = 0; i < 3; i++)
            Compare.Near(oracle.Logits(Plain.Row(hidden, rows[i])), logits.At(i).AsSpan<float>(), Exact);
    }

    [Fact]
    public void ADenseLayerRefusesAPlanThatItWouldIgnore()
    {
        using TestBuild build = new(new TestModel().Describe());
        using OnnxExperts experts = Made.Experts(build);
        Step step = TestStep.Of(build, TestStep.Slices((2, 0)));
        TensorView hidden = build.Floats(default, 2, 64);
        build.Spoil();
        Assert.Throws<ArgumentException>(() => experts.Execute(0, step, hidden, Made.Plan(build, 1, 1, 0), hidden));
    }

    private static void Check(TestModel model, ElementType type, int[] entries)
    {
        using TestBuild build = new(model.Describe(), threads: 2, type);
        using OnnxExperts experts = Made.Experts(build);
        int t = entries.Length;
        Step step = TestStep.Of(build, TestStep.Slices((t, 0)));
        TensorView hidden = build.Floats(Samples.Of("hidden", t * model.Hidden), t, model.Hidden);
        double[][] before = [.. Enumerable.Range(0, t).Select(row => Plain.Row(hidden, row))];
        RoutingPlan plan = Made.Plan(build, model.Experts, entries);
        if (model.Experts == 1)
            plan.Weights.AsSpan<float>().Fill(1);
        build.Spoil();
        experts.Execute(0, step, hidden, plan, hidden);
        ExpertsOracle oracle = new(model, build);
        int[] offsets = plan.Offsets.AsSpan<int>().ToArray(), ids = plan.Experts.AsSpan<int>().ToArray();
        float[] weights = plan.Weights.AsSpan<float>().ToArray();
        for (int row = 0; row < t; row++)
        {
            double[] added = oracle.Execute(before[row], Enumerable.Range(offsets[row], entries[row]).Select(i => (ids[i], weights[i])));
            Compare.Near([.. added.Select((value, i) => value + before[row][i])], hidden.At(row).AsSpan<float>(), Exact);
        }
    }
}
