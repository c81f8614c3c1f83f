using Spud.Composition;
using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>What must not change a result: threads, chunks, neighbours.</summary>
public sealed class InvarianceTests(ITestOutputHelper output)
{
    private const int Generated = 24;
    private static readonly int[] s_prompt = CpuPipeline.Tokens("families/prompt.tokens.bin");

    public static TheoryData<string> Models => [.. new[] { "llama", "mixtral", "qwen2moe", "qwen3", "olmoe", "granitemoe", "gemma3", "gpt-oss" }.Select(name => $"families/{name}.gguf"),
        "stories260K/stories260K-q4_0.gguf", "stories260K/stories260K-moe4x-noise-f32.gguf", "quantised/base-q4_k_m.gguf", "quantised/base-moe-q8_0.gguf"];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_bits_are_the_same_for_any_number_of_threads(string model)
    {
        foreach ((string activations, string cache) in new[] { ("f32", "f32"), ("q8", "f16") })
        {
            float[]? expected = null;
            for (int threads = 1; threads <= 3; threads++)
            {
                using CpuPipeline pipeline = new(TestData.Path(model), new PipelineOptions { Threads = threads, LogitRows = 64 }, activations, cache);
                using Sequence sequence = pipeline.Engine.Open();
                float[] prefill = pipeline.AllLogits(sequence, s_prompt);
                float[] got = [.. prefill, .. pipeline.Continue(sequence, prefill[^pipeline.Vocabulary..], 4).Logits];
                expected ??= got;
                Assert.True(expected.AsSpan().SequenceEqual(got), $"{activations}/{cache}, {threads} threads: other bits than with one");
            }
        }
    }

    [Fact]
    public void The_default_model_gives_the_same_bits_for_any_number_of_threads()
    {
        int[] prompt = CpuPipeline.Tokens("smollm2/chat.tokens.bin");
        float[]? expected = null;
        for (int threads = 1; threads <= 3; threads++)
        {
            using CpuPipeline pipeline = new(TestData.DefaultModel, new PipelineOptions { Threads = threads }, "q8", "f16");
            float[] got = pipeline.Generate(prompt, 3).Logits;
            expected ??= got;
            Assert.True(expected.AsSpan().SequenceEqual(got), $"{threads} threads: other bits than with one");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_prompt_may_be_read_in_chunks_of_any_size(string model)
    {
        ReadInChunks(model, "f32", "f32");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_prompt_may_be_read_in_chunks_of_any_size_with_8_bit_activations_too(string model)
    {
        // Only where bits are promised: otherwise a rounding that falls the other way moves a logit by more than f32 ever does.
        using (CpuPipeline pipeline = new(TestData.Path(model), null, "q8", "f16"))
            Assert.SkipUnless(pipeline.AcrossChunks == 0, "not every component says that its rows are invariant");

        ReadInChunks(model, "q8", "f16");
    }

    private void ReadInChunks(string model, string activations, string cache)
    {
        using CpuPipeline pipeline = new(TestData.Path(model), null, activations, cache);
        (int[] tokens, float[] logits) = pipeline.Generate(s_prompt, Generated, s_prompt.Length);
        foreach (int chunk in new[] { 1, 7, 50 })
        {
            (int[] got, float[] after) = pipeline.Generate(s_prompt, Generated, chunk);
            Distance distance = Distance.Between(after, logits);
            output.WriteLine($"{model}, chunks of {chunk}: largest {distance.Max:E2}");
            Assert.Equal(tokens, got);
            Assert.InRange(distance.Max, 0, pipeline.AcrossChunks);
        }
    }

    [Fact]
    public void The_default_model_reads_in_chunks_of_any_size()
    {
        using CpuPipeline pipeline = new(TestData.DefaultModel);
        int[] prompt = CpuPipeline.Tokens("smollm2/chat.tokens.bin");
        (int[] tokens, float[] logits) = pipeline.Generate(prompt, Generated);
        foreach (int chunk in new[] { 1, 7 })
        {
            (int[] got, float[] after) = pipeline.Generate(prompt, Generated, chunk);
            Distance distance = Distance.Between(after, logits);
            output.WriteLine($"chunks of {chunk}: largest {distance.Max:E2}");
            Assert.Equal(tokens, got);
            Assert.InRange(distance.Max, 0, pipeline.AcrossChunks);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Sequences_in_one_step_get_what_each_would_get_alone(string model)
    {
        using CpuPipeline pipeline = new(TestData.Path(model));
        int[][] prompts = [s_prompt[..20], s_prompt[..1], s_prompt[30..43], [1, .. s_prompt[45..]]];
        float[][] alone = [.. prompts.Select(prompt => pipeline.Generate(prompt, 6).Logits)];

        Sequence[] sequences = [.. prompts.Select(_ => pipeline.Engine.Open())];
        List<float>[] together = [.. prompts.Select(_ => new List<float>())];
        int[][] next = prompts;
        for (int step = 0; step <= 6; step++)
        {
            pipeline.Batch.Clear();
            for (int i = 0; i < sequences.Length; i++)
                pipeline.Batch.Add(sequences[i], next[i], step == 0 ? Phase.Prefill : Phase.Decode, LogitRows.Last);

            pipeline.Engine.Run(pipeline.Batch);
            next = [.. Enumerable.Range(0, sequences.Length).Select(i => Take(pipeline.Batch.Logits(i).ToArray(), together[i]))];
        }

        for (int i = 0; i < sequences.Length; i++)
        {
            Distance distance = Distance.Between(together[i].ToArray(), alone[i]);
            output.WriteLine($"{model}, sequence {i}: largest {distance.Max:E2}");
            Assert.InRange(distance.Max, 0, pipeline.AcrossChunks);
        }

        static int[] Take(float[] logits, List<float> all)
        {
            all.AddRange(logits);
            return [logits.IndexOf(logits.Max())];
        }
    }

    [Fact]
    public void One_step_may_read_a_prompt_and_decode_another_text()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/qwen3moe.gguf"));
        using Sequence reader = pipeline.Engine.Open(), writer = pipeline.Engine.Open();
        pipeline.LastLogits(writer, s_prompt[..30]);
        pipeline.Batch.Clear();
        pipeline.Batch.Add(reader, s_prompt[..17], Phase.Prefill, LogitRows.Last);
        pipeline.Batch.Add(writer, [s_prompt[30]], Phase.Decode, LogitRows.Last);
        pipeline.Engine.Run(pipeline.Batch);
        float[] read = pipeline.Batch.Logits(0).ToArray(), written = pipeline.Batch.Logits(1).ToArray();

        using Sequence alone = pipeline.Engine.Open();
        Assert.InRange(Distance.Between(read, pipeline.LastLogits(alone, s_prompt[..17])).Max, 0, pipeline.AcrossChunks);
        Assert.InRange(Distance.Between(written, pipeline.LastLogits(alone, s_prompt[17..31])).Max, 0, pipeline.AcrossChunks);
    }

    [Fact]
    public void A_mixture_of_identical_experts_equals_the_dense_model()
    {
        float[][] logits = [.. new[] { "f32", "moe4x-identical-f32" }.Select(name =>
        {
            using CpuPipeline pipeline = new(TestData.Path($"stories260K/stories260K-{name}.gguf"));
            using Sequence sequence = pipeline.Engine.Open();
            return pipeline.AllLogits(sequence, s_prompt);
        })];
        Distance distance = Distance.Between(logits[1], logits[0]);
        output.WriteLine($"largest {distance.Max:E2}");
        Assert.InRange(distance.Max, 0, 2e-6);
    }
}
