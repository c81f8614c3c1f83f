using Spud.Composition;
using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

public sealed class CapacityTests
{
    [Fact]
    public void A_prompt_longer_than_the_context_is_refused_before_anything_is_read()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), new PipelineOptions { Threads = 1, Rows = 8 }, edits: "context=40");
        using Sequence sequence = pipeline.Engine.Open();
        int[] prompt = CpuPipeline.Tokens("families/prompt.tokens.bin");
        ContextOverflowException refusal = Assert.Throws<ContextOverflowException>(() => Step(prompt));
        Assert.Equal((prompt.Length, 40), (refusal.Tokens, refusal.ContextTokens));
        Assert.Equal(0, sequence.Tokens);
        while (sequence.Tokens < 40)
            Step(prompt[..40][sequence.Tokens..]);

        int Step(int[] tokens) => pipeline.Engine.Step(pipeline.Batch, sequence, tokens, Phase.Prefill, LogitRows.Last);
    }

    [Fact]
    public void A_full_page_pool_refuses_the_step_and_loses_nothing()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), new PipelineOptions { Threads = 2, Sequences = 3, CacheTokens = 64, LogitRows = 64 }, edits: "cache.pageTokens=16");
        int[] prompt = CpuPipeline.Tokens("families/prompt.tokens.bin");
        float[] expected = pipeline.Generate(prompt[..33], 0).Logits;
        using Sequence first = pipeline.Engine.Open();
        pipeline.LastLogits(first, prompt[..32]);
        Sequence second = pipeline.Engine.Open();
        pipeline.LastLogits(second, prompt[..32]);
        PagePoolFullException refusal = Assert.Throws<PagePoolFullException>(() => pipeline.LastLogits(first, prompt[32..33]));
        Assert.Equal("layer 0: the step needs 1 more page of 16 tokens; 0 are free. End a sequence, give the pipeline more cache tokens, or keep less of each text: cache 'compressed' with keep, budgetTokens or smaller formats (docs/caches.md).", refusal.Message);
        Assert.Null(first.Fault);
        second.Dispose();
        Assert.InRange(Distance.Between(pipeline.LastLogits(first, prompt[32..33]), expected).Max, 0, Distance.AcrossChunks);
    }

    [Fact]
    public void Forks_of_a_long_text_all_fit_in_one_step()
    {
        // Each fork has runs of its own over pages that all share: more runs than the pool has keys.
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), new PipelineOptions { Threads = 1, Sequences = 40, CacheTokens = 1000 }, edits: "cache.pageTokens=16");
        using Sequence parent = pipeline.Engine.Open();
        int[] prompt = CpuPipeline.Tokens("families/prompt.tokens.bin");
        pipeline.LastLogits(parent, prompt);
        Sequence[] all = [parent, .. Enumerable.Range(0, 39).Select(_ => parent.Fork())];
        pipeline.Batch.Clear();
        foreach (Sequence sequence in all)
            pipeline.Batch.Add(sequence, [7], Phase.Decode, LogitRows.Last);

        pipeline.Engine.Run(pipeline.Batch);
        Assert.All(all, sequence => Assert.Equal(58, sequence.Tokens));
        Assert.All(Enumerable.Range(1, 39), i => Assert.Equal(pipeline.Batch.Logits(0).ToArray(), pipeline.Batch.Logits(i).ToArray()));
    }
}
