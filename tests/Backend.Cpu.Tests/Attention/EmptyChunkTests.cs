using Backend.Cpu.Attention;
using Backend.Cpu.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Cpu.Tests.Attention;

/// <summary>A chunk of 256 positions whose keys were all dropped cost a whole softmax.</summary>
public sealed class EmptyChunkTests
{
    private static readonly TestModel s_model = new() { Rope = null };

    /// <summary>With one row the plan is split by chunk, with twenty it is not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void A_chunk_without_keys_is_not_worked_on(int rows)
    {
        using TestBuild build = new(s_model.Describe(), threads: 1);
        AttentionLayer layer = new(build, new Packing(build, ActivationPrecision.F32), 0, rope: null);
        FoldPlan plan = new(build.Limits);
        FoldScratch scratch = new(build, [layer], plan);
        scratch.Workspace = build.Reserve(build.Host, scratch.Bytes);
        using CpuFold fold = new([layer], build.Pool, plan, scratch);
        // The only key is behind every row: all chunks before it are empty.
        PageView pages = new TestPages { PageTokens = 16, Type = ElementType.F32 }.Add([2000]).Build(build, s_model);
        AttentionState state = new() { Max = build.Floats(default, rows, 4), Sum = build.Floats(default, rows, 4), Accumulator = build.Floats(default, rows, 4, 16) };
        build.Spoil();
        fold.Fold(0, TestStep.Of(build, TestStep.Slices((rows, 1000))), build.Floats(Samples.Of("query", rows * 64), rows, 4, 16), pages, state);

        Assert.All(state.Sum.AsSpan<float>().ToArray(), sum => Assert.Equal(0, sum));
        Assert.All(scratch.Chunks.Of(0).ToArray(), value => Assert.True(float.IsNaN(value), "something was computed for an empty chunk"));
    }
}
