using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Configuration;

/// <summary><c>"rope"</c> of a pipeline: what is refused, and what becomes of it.</summary>
public sealed class RopeSettingsTests
{
    private static string Llama => TestData.Path("families/llama.gguf");

    [Theory]
    [InlineData("""{ "factor": 4 }""", "$.rope lacks 'scaling'")]
    [InlineData("""{ "scaling": "yarm", "factor": 4 }""", "one of none, linear, ntk, yarn")]
    [InlineData("""{ "scaling": "yarn" }""", "needs 'factor' or 'targetTokens'")]
    [InlineData("""{ "scaling": "ntk", "factor": 4, "targetTokens": 4096 }""", "has both 'factor' and 'targetTokens'")]
    [InlineData("""{ "scaling": "linear", "factor": 0.5 }""", "$.rope.factor must be a number from 1 to 1024")]
    [InlineData("""{ "scaling": "linear", "factor": 2, "betaFast": 16 }""", "$.rope.betaFast has no effect with scaling 'linear'")]
    [InlineData("""{ "scaling": "none", "factor": 2 }""", "$.rope.factor has no effect with scaling 'none'")]
    [InlineData("""{ "scaling": "yarn", "factor": 2, "betaSlow": 64 }""", "betaFast must be greater than betaSlow, got 32 and 64")]
    [InlineData("\"yarn\"", "$.rope must be an object")]
    public void Members_that_do_not_go_together_are_refused(string rope, string message)
    {
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => PipelineDocument.Load(null, [$"rope={rope}"]));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_the_model_reads_without_scaling_is_refused()
    {
        CompositionException refusal = Assert.Throws<CompositionException>(() => new CpuPipeline(Llama, edits: ["rope.scaling=yarn", "rope.targetTokens=256"]));
        Assert.Contains("rope.targetTokens is 256, but the model reads 512 tokens without scaling", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rope.factor=4", 2048)]
    [InlineData("rope.targetTokens=3000", 3000)]
    public void Without_a_context_the_pipeline_reads_as_far_as_the_scaling_reaches(string edit, int context)
    {
        List<string> said = [];
        using CpuPipeline pipeline = new(Llama, new PipelineOptions { Threads = 1, Log = said.Add }, edits: ["rope.scaling=yarn", edit]);
        Assert.Equal(context, pipeline.Pipeline.Limits.ContextTokens);
        Assert.DoesNotContain(said, line => line.Contains("context of", StringComparison.Ordinal));
        RopeExplanation rope = PipelineExplanation.Of(pipeline.Pipeline).Model.Rope!;
        Assert.Equal(("yarn", 512, context, "pipeline"), (rope.Scaling, rope.OriginalTokens, rope.ReachTokens, rope.From));
    }

    [Fact]
    public void A_context_beyond_what_the_scaling_reaches_is_said()
    {
        List<string> said = [];
        using CpuPipeline pipeline = new(Llama, new PipelineOptions { Threads = 1, Log = said.Add }, edits: ["rope.scaling=ntk", "rope.factor=2", "context=1500"]);
        Assert.Contains("context of 1500 tokens: the model was trained for 512, which 'rope' extends to 1024; output beyond that length may be unreliable", said);
    }

    [Fact]
    public void Where_nothing_is_said_the_files_own_scaling_counts_and_is_explained()
    {
        using CpuPipeline own = new(TestData.Path("families/gpt-oss.gguf")), none = new(Llama);
        Assert.Equal(new RopeExplanation("yarn", 4, 128, 512, "file"), PipelineExplanation.Of(own.Pipeline).Model.Rope);
        Assert.Null(PipelineExplanation.Of(none.Pipeline).Model.Rope);
    }

    // The attention of the pipeline before has angles of its own: it must not be taken over.
    [Fact]
    public void A_pipeline_that_is_exchanged_for_one_with_another_scaling_takes_nothing_over()
    {
        using WorkerThreads workers = new(1);
        PipelineOptions options = new() { Threads = 1 };
        using Pipeline plain = Compose(), same = Compose(former: plain), scaled = Compose(same, "rope.scaling=linear", "rope.factor=2");
        Assert.NotEmpty(same.TakenOver);
        Assert.Empty(scaled.TakenOver);

        Pipeline Compose(Pipeline? former = null, params string[] edits) =>
            Pipeline.Compose(PipelineDocument.Load(null, [$"model={Llama}", "context=256", .. edits]), CpuPipeline.Plugins, options, workers, former);
    }
}
