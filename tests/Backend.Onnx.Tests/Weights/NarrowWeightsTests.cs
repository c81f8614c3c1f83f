using Backend.Onnx.Experts;
using Backend.Onnx.Head;
using Backend.Onnx.Tests.Shared;
using Backend.Onnx.Weights;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Onnx.Tests.Weights;

/// <summary>Weights of half the width: what is rounded to it already is computed exactly, and they take half the memory.</summary>
public sealed class NarrowWeightsTests
{
    private const double Exact = 2e-5;

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public void WeightsThatFitAreExact(ElementType type)
    {
        WeightFormat format = type == ElementType.F16 ? WeightFormat.F16 : WeightFormat.BF16;
        TestModel model = new() { Experts = 4, ExpertsUsed = 2, ExpertWidth = 32, Traits = new() { [Trait.ExpertBias] = 1, [Trait.SharedExpert] = 48 } };
        using TestBuild build = new(model.Describe(), threads: 2, type);
        using OnnxExperts experts = Made.Experts(build, new ExpertsOptions { Weights = format });
        Step step = TestStep.Of(build, TestStep.Slices((3, 0)));
        TensorView hidden = build.Floats(Samples.Of("hidden", 3 * model.Hidden), 3, model.Hidden);
        double[][] before = [.. Enumerable.Range(0, 3).Select(row => Plain.Row(hidden, row))];
        RoutingPlan plan = Made.Plan(build, 4, 2, 0, 3);
        build.Spoil();
        experts.Execute(0, step, hidden, plan, hidden);
        ExpertsOracle oracle = new(model, build);
        for (int row = 0; row < 3; row++)
        {
            (int from, int to) = (plan.Offsets.AsSpan<int>()[row], plan.Offsets.AsSpan<int>()[row + 1]);
            double[] added = oracle.Execute(before[row], Enumerable.Range(from, to - from).Select(i => (plan.Experts.AsSpan<int>()[i], plan.Weights.AsSpan<float>()[i])));
            Compare.Near([.. added.Select((value, i) => value + before[row][i])], hidden.At(row).AsSpan<float>(), Exact);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AMatrixOfSeveralPiecesIsOneProduct(int rows)
    {
        // 2^20 elements make a piece: three here, the last a short one.
        TestModel model = new() { Vocabulary = 5000, Hidden = 512 };
        using TestBuild build = new(model.Describe(), threads: 2, ElementType.F16);
        using OnnxHead head = Made.Head(build, new HeadOptions { Weights = WeightFormat.F16 });
        Step step = TestStep.Of(build, TestStep.Slices((rows, 0)));
        TensorView hidden = build.Floats(Samples.Of("hidden", rows * 512), rows, 512), logits = build.Floats(default, rows, 5000);
        build.Spoil();
        head.Logits(step, hidden, [.. Enumerable.Range(0, rows)], logits);
        HeadOracle oracle = new(model, build);
        for (int row = 0; row < rows; row++)
            Compare.Near(oracle.Logits(Plain.Row(hidden, row)), logits.At(row).AsSpan<float>(), Exact);
    }
}
