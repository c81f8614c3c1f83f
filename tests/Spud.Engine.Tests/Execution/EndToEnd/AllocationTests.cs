using Spud.Composition;
using Spud.Execution;
using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

[Collection(Alone.Name)]
public sealed class AllocationTests
{
    // The default model with the default options, and a model whose windows make the cache drop pages all the while.
    public static TheoryData<string, string, string> Pipelines => new()
    {
        { "default", "q8", "f16" },
        { "families/gpt-oss.gguf", "f32", "f32" },
        { "families/gemma3.gguf", "q8", "f16" },
        { "families/qwen3moe.gguf", "q8", "f16" },
        { "quantised/base-moe-q4_k_m.gguf", "q8", "f16" },
        { "quantised/base-q8_0.gguf", "q8", "q4_0" },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void From_the_entry_of_a_decode_step_to_the_sampled_id_no_thread_allocates(string model, string activations, string cache)
    {
        string file = model == "default" ? TestData.DefaultModel : TestData.Path(model);
        using CpuPipeline pipeline = new(file, new PipelineOptions { Threads = 2 }, activations, cache, "context=512", "cache.pageTokens=16");
        using Sequence sequence = pipeline.Engine.Open();
        Sampler sampler = new(new SamplingOptions { Temperature = 0.8f, TopK = 40, TopP = 0.95f, RepetitionPenalty = 1.1f, Seed = 1 }, pipeline.Vocabulary);
        pipeline.LastLogits(sequence, CpuPipeline.Tokens("families/prompt.tokens.bin"));
        int token = Choose(pipeline, sampler);
        for (int i = 0; i < 70; i++)
            token = Next(pipeline, sequence, sampler, token);

        // What the runtime allocates once in a thread's life, as at its first contended lock, may fall into one of the windows; what a
        // token allocates falls into each.
        long least = long.MaxValue;
        for (int window = 0; window < 3; window++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            for (int i = 0; i < 32; i++)
                token = Next(pipeline, sequence, sampler, token);

            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }

        Assert.Equal(0, least);
    }

    private static int Next(CpuPipeline pipeline, Sequence sequence, Sampler sampler, int token)
    {
        pipeline.Engine.Step(pipeline.Batch, sequence, [token], Phase.Decode, LogitRows.Last);
        return Choose(pipeline, sampler);
    }

    private static int Choose(CpuPipeline pipeline, Sampler sampler)
    {
        int token = sampler.Sample(pipeline.Batch.Logits(0));
        sampler.Accept(token);
        return token;
    }
}
