using Backend.Onnx.Attention;
using Backend.Onnx.Experts;
using Backend.Onnx.Head;
using Backend.Onnx.Router;
using Backend.Onnx.Tests.Parity;
using Backend.Onnx.Tests.Shared;
using Spud;
using Spud.Composition;
using Spud.Conformance.Fixtures;
using Spud.Execution;
using Xunit;

namespace Backend.Onnx.Tests;

/// <summary>What a step allocates on the managed heap: nothing. (ONNX Runtime's own threads run no managed code.)</summary>
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
    public void ComponentsAllocateNothing(int rows)
    {
        using TestBuild build = new(s_model.Describe());
        using OnnxAttention attention = Made.Attention(build);
        using OnnxRouter router = Made.Router(build);
        using OnnxExperts experts = Made.Experts(build);
        using OnnxHead head = Made.Head(build);
        Step step = TestStep.Of(build, TestStep.Slices((rows, 600)));
        TensorView hidden = build.Floats(default, rows, s_model.Hidden), logits = build.Floats(default, 1, s_model.Vocabulary);
        Heads heads = new() { Query = build.Floats(default, rows, 4, 16), Key = build.Floats(default, rows, 2, 16), Value = build.Floats(default, rows, 2, 16) };
        AttentionState state = new() { Max = build.Floats(default, rows, 4), Sum = build.Floats(default, rows, 4), Accumulator = build.Floats(default, rows, 4, 16) };
        PageView pages = new TestPages { PageTokens = 64, Type = ElementType.F32 }.Add(Enumerable.Range(0, 600 + rows)).Build(build, s_model);
        RoutingPlan plan = new() { Offsets = build.Ints(default, rows + 1), Experts = build.Ints(default, rows * 2), Weights = build.Floats(default, rows * 2) };
        int[] last = [rows - 1];
        build.Spoil();
        AssertNone(() =>
        {
            head.Embed(step, hidden);
            state.Sum.AsSpan<float>().Clear();
            attention.Project(0, step, hidden, heads);
            attention.Fold(0, step, heads.Query, pages, state);
            attention.Finish(0, step, state, hidden);
            router.Route(0, step, hidden, plan);
            experts.Execute(0, step, hidden, plan, hidden);
            head.Logits(step, hidden, last, logits);
        });
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt-oss")]
    public void DecodeStepsAllocateNothing(string family)
    {
        using Pipeline pipeline = PromptLogits.AllRoles().Compose(TestData.Path($"families/{family}.gguf"));
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        AssertNone(() =>
        {
            batch.Clear();
            batch.Add(sequence, [5], Phase.Decode, LogitRows.Last);
            engine.Run(batch);
        });
    }

    private static void AssertNone(Action call)
    {
        for (int i = 0; i < 5; i++)
            call();

        // The least of some windows: a first use of something may fall into one.
        long least = long.MaxValue;
        for (int window = 0; window < 3; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
