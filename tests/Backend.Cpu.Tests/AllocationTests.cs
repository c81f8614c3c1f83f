using Backend.Cpu.Experts;
using Backend.Cpu.Head;
using Backend.Cpu.Router;
using Backend.Cpu.Tests.Attention;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Cpu.Tests;

/// <summary>With one thread every part runs on the caller's, so that its count is the whole.</summary>
public sealed class AllocationTests
{
    private static readonly TestModel s_model = new()
    {
        Experts = 6,
        ExpertsUsed = 2,
        ExpertWidth = 32,
        Traits = new() { [Trait.Window] = 300, [Trait.ExpertPostNorm] = 1, [Trait.AttentionPostNorm] = 1, [Trait.SharedExpert] = 32 },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void AttentionAllocatesNothing(int rows)
    {
        using AttentionRun run = new(s_model, TestStep.Slices((rows, 600)), threads: 1, ElementType.Q8_0, Cpu.Shared.ActivationPrecision.Q8);
        TensorView output = run.Build.Floats(default, rows, s_model.Hidden);
        AssertNone(() =>
        {
            run.Empty();
            run.Project();
            run.Fold();
            run.Finish(output);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void RouterAndExpertsAllocateNothing(int rows)
    {
        using TestBuild build = new(s_model.Describe(), threads: 1, ElementType.Q8_0);
        using TopKRouter router = new(new(), build);
        using CpuExperts experts = new(new(), build);
        Step step = TestStep.Of(build, TestStep.Slices((rows, 0)));
        TensorView hidden = build.Floats(Samples.Of("hidden", rows * s_model.Hidden), rows, s_model.Hidden);
        RoutingPlan plan = new()
        {
            Offsets = build.Ints(default, rows + 1),
            Experts = build.Ints(default, rows * 2),
            Weights = build.Floats(default, rows * 2),
        };
        build.Spoil();
        AssertNone(() =>
        {
            router.Route(0, step, hidden, plan);
            experts.Execute(0, step, hidden, plan, hidden);
        });
    }

    [Fact]
    public void TheHeadAllocatesNothing()
    {
        using TestBuild build = new(s_model.Describe(), threads: 1, ElementType.Q8_0);
        using CpuHead head = new(new(), build);
        Step step = TestStep.Of(build, TestStep.Slices((4, 0)));
        TensorView hidden = build.Floats(default, 4, s_model.Hidden), logits = build.Floats(default, 2, s_model.Vocabulary);
        int[] rows = [1, 3];
        build.Spoil();
        AssertNone(() =>
        {
            head.Embed(step, hidden);
            head.Logits(step, hidden, rows, logits);
        });
    }

    private static void AssertNone(Action call)
    {
        for (int i = 0; i < 3; i++)
            call();

        long before = GC.GetAllocatedBytesForCurrentThread();
        call();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
