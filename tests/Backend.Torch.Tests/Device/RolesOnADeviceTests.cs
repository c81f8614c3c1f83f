using Backend.Torch.Attention;
using Backend.Torch.Device;
using Backend.Torch.Experts;
using Backend.Torch.Head;
using Backend.Torch.Router;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Torch.Tests.Device;

/// <summary>The roles with all memory in a domain that the host may not read: what they compute on the host, without a look at an address.</summary>
public sealed class RolesOnADeviceTests
{
    private static readonly TestModel s_model = new() { Experts = 6, ExpertsUsed = 2, ExpertWidth = 32, Traits = new() { [Trait.Window] = 40, [Trait.Sinks] = 1 } };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(70)]
    public void AttentionAgrees(int rows)
    {
        Libtorch.Require();
        using TestBuild build = new(s_model.Describe());
        using TorchAttention here = new(new(), build), away = new(new() { Device = TorchDevice.FakeDevice }, build);
        SequenceSlice[] slices = TestStep.Slices((rows, 60), (1, 7));
        Step step = TestStep.Of(build, slices);
        TestPages pages = new() { PageTokens = 16, Type = ElementType.F32 };
        foreach (SequenceSlice slice in slices)
            pages.Add(slice.Id, Enumerable.Range(0, slice.FirstPosition + slice.Rows));

        PageView view = pages.Build(build, s_model);
        TensorView input = build.Floats(Samples.Of("input", step.Rows * s_model.Hidden), step.Rows, s_model.Hidden);
        float[] expected = Attend(build, here, step, view, input).AsSpan<float>().ToArray();

        Moved moved = new(build, away.Domain);
        TensorView got = moved.Back(Attend(build, away, moved.There(step), moved.There(view), moved.There(input)));
        Compare.Near([.. expected.Select(value => (double)value)], got.AsSpan<float>(), Compare.F32);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(70)]
    public void RouterAndExpertsAgree(int rows)
    {
        Libtorch.Require();
        foreach (Dictionary<string, float> traits in new Dictionary<string, float>[] { [], new() { [Trait.ExpertBias] = 1, [Trait.SharedExpert] = 24, [Trait.ExpertPostNorm] = 1 } })
        {
            TestModel model = s_model with { Traits = traits };
            using TestBuild build = new(model.Describe());
            TensorView input = build.Floats(Samples.Of("input", rows * model.Hidden), rows, model.Hidden);
            float[] expected = Mix(build, "cpu", input).AsSpan<float>().ToArray();
            Compare.Near([.. expected.Select(value => (double)value)], Mix(build, TorchDevice.FakeDevice, input).AsSpan<float>(), Compare.F32);
        }
    }

    [Fact]
    public void ADenseLayerAndTheHeadAgree()
    {
        Libtorch.Require();
        TestModel model = new();
        using TestBuild build = new(model.Describe());
        TensorView input = build.Floats(Samples.Of("input", 9 * model.Hidden), 9, model.Hidden);
        float[] expected = Ends(build, "cpu", input);
        Compare.Near([.. expected.Select(value => (double)value)], Ends(build, TorchDevice.FakeDevice, input), Compare.F32);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    public void AnyPlanIsSurvived(int rows)
    {
        Libtorch.Require();
        using TestBuild build = new(s_model.Describe());
        using TorchExperts experts = new(new() { Device = TorchDevice.FakeDevice }, build);
        Moved moved = new(build, experts.Domain);
        Step step = moved.There(TestStep.Of(build, TestStep.Slices((rows, 0))));
        Random random = new(3);
        for (int round = 0; round < 50; round++)
        {
            TensorView input = moved.There(build.Floats(Samples.Of("input", rows * s_model.Hidden), rows, s_model.Hidden));
            RoutingPlan plan = moved.There(new RoutingPlan
            {
                Offsets = build.Ints([.. Enumerable.Range(0, rows + 1).Select(_ => random.Next(int.MinValue, int.MaxValue) >> random.Next(32))], rows + 1),
                Experts = build.Ints([.. Enumerable.Range(0, rows * 2).Select(_ => random.Next(int.MinValue, int.MaxValue) >> random.Next(32))], rows * 2),
                Weights = build.Floats([.. Enumerable.Range(0, rows * 2).Select(_ => random.Next(3) == 0 ? float.NaN : random.NextSingle())], rows * 2),
            });
            experts.Execute(0, step, input, plan, input);
        }
    }

    private static TensorView Attend(TestBuild build, TorchAttention attention, in Step step, in PageView pages, in TensorView input)
    {
        (int t, IMemoryDomain domain) = (step.Rows, attention.Domain);
        Heads heads = new()
        {
            Query = build.Allocate(domain, ElementType.F32, t, s_model.QueryHeads, s_model.KeyWidth),
            Key = build.Allocate(domain, ElementType.F32, t, s_model.KvHeads, s_model.KeyWidth),
            Value = build.Allocate(domain, ElementType.F32, t, s_model.KvHeads, s_model.ValueWidth),
        };
        AttentionState state = new()
        {
            Max = build.Allocate(domain, ElementType.F32, t, s_model.QueryHeads),
            Sum = build.Allocate(domain, ElementType.F32, t, s_model.QueryHeads),
            Accumulator = build.Allocate(domain, ElementType.F32, t, s_model.QueryHeads, s_model.ValueWidth),
        };
        TensorView output = build.Allocate(domain, ElementType.F32, t, s_model.Hidden);
        build.Spoil();
        attention.Project(0, step, input, heads);
        attention.Fold(0, step, heads.Query, pages, state);
        attention.Finish(0, step, state, output);
        return output;
    }

    private static TensorView Mix(TestBuild build, string device, in TensorView input)
    {
        using TorchRouter router = new(new() { Device = device }, build);
        using TorchExperts experts = new(new() { Device = device }, build);
        (int t, IMemoryDomain domain) = (input.Shape[0], experts.Domain);
        Assert.Same(domain, router.Domain);
        Moved moved = new(build, domain);
        bool away = !domain.IsHost;
        Step step = TestStep.Of(build, TestStep.Slices((t, 0)));
        TensorView hidden = away ? moved.There(input) : build.Floats(input.AsSpan<float>(), input.Shape);
        RoutingPlan plan = new()
        {
            Offsets = build.Allocate(domain, ElementType.I32, t + 1),
            Experts = build.Allocate(domain, ElementType.I32, t * 2),
            Weights = build.Allocate(domain, ElementType.F32, t * 2),
        };
        router.Route(0, step, hidden, plan);
        experts.Execute(0, step, hidden, plan, hidden);
        return away ? moved.Back(hidden) : hidden;
    }

    private static float[] Ends(TestBuild build, string device, in TensorView input)
    {
        using TorchHead head = new(new() { Device = device }, build);
        using TorchExperts experts = new(new() { Device = device }, build);
        (int t, IMemoryDomain domain) = (input.Shape[0], head.Domain);
        Moved moved = new(build, domain);
        bool away = !domain.IsHost;
        Step step = TestStep.Of(build, TestStep.Slices((t, 0)));
        RoutingPlan plan = new()
        {
            Offsets = build.Ints(Enumerable.Range(0, t + 1).ToArray(), t + 1),
            Experts = build.Ints(default, t),
            Weights = build.Floats(Enumerable.Repeat(1f, t).ToArray(), t),
        };
        TensorView hidden = build.Allocate(domain, ElementType.F32, input.Shape), logits = build.Allocate(domain, ElementType.F32, 3, build.Model.Vocabulary);
        if (away)
            (step, plan) = (moved.There(step), moved.There(plan));
        head.Embed(step, hidden);
        experts.Execute(0, step, hidden, plan, hidden);
        head.Logits(step, hidden, [0, 4, 8], logits);
        return (away ? moved.Back(logits) : logits).AsSpan<float>().ToArray();
    }
}
