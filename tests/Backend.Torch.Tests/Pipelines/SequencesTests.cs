using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Execution;
using TorchSharp;
using Xunit;

namespace Backend.Torch.Tests.Pipelines;

public sealed class SequencesTests
{
    [Theory]
    [InlineData("qwen3moe")]
    [InlineData("gpt-oss")]
    public void SequencesOfAStepDoNotSeeEachOther(string family)
    {
        Libtorch.Require();
        using TorchPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), TorchPipeline.All);
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        int v = pipeline.Pipeline.Model.Vocabulary;
        int[][] texts = [tokens[..20], tokens[5..45], tokens[^9..]];
        float[][] alone = [.. texts.Select(text => pipeline.Logits(text))];

        using Sequence a = pipeline.Engine.Open(), b = pipeline.Engine.Open(), c = pipeline.Engine.Open();
        Sequence[] all = [a, b, c];
        // The longest text is read in two parts, the second in one step with single tokens of the others.
        Step(pipeline, (a, texts[0][..19]), (b, texts[1][..25]));
        Step(pipeline, (c, texts[2][..^1]));
        Step(pipeline, (a, texts[0][19..]), (b, texts[1][25..]), (c, texts[2][^1..]));
        for (int i = 0; i < all.Length; i++)
            Assert.InRange(Distance.Rms(alone[i][^v..], pipeline.Batch.Logits(i).ToArray()), 0, 1e-5);
    }

    [Fact]
    public void TwoPipelinesAtOnceDoNotDisturbEachOther()
    {
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        using TorchPipeline first = new(TestData.Path("families/llama.gguf"), TorchPipeline.All), second = new(TestData.Path("families/mixtral.gguf"), TorchPipeline.All);
        float[] one = first.Logits(tokens), two = second.Logits(tokens);
        Parallel.Invoke(
            () => Assert.Equal(one, first.Logits(tokens)),
            () => Assert.Equal(two, second.Logits(tokens)));
    }

    /// <summary>
    /// The cause of a rare failure of <see cref="TwoPipelinesAtOnceDoNotDisturbEachOther"/>: libtorch keeps its number of threads for each
    /// thread that calls it, and one that never set it takes what was set last in the process. Products of few rows are split by it, so
    /// that they round differently.
    /// </summary>
    [Theory]
    [InlineData("llama", 5)]
    [InlineData("mixtral", 5)]
    [InlineData("mixtral", 64)]
    public void TheThreadsOfAnotherPipelineDoNotChangeABit(string family, int rows)
    {
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        using TorchPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), TorchPipeline.All);
        float[] expected = pipeline.Logits(tokens, rows);
        foreach (int others in new[] { 1, 3, 4 })
        {
            torch.set_num_threads(others);
            float[] got = [];
            // A thread that libtorch has not seen yet.
            Thread fresh = new(() => got = pipeline.Logits(tokens, rows));
            fresh.Start();
            fresh.Join();
            Assert.Equal(expected, got);
            Assert.Equal(expected, pipeline.Logits(tokens, rows));
        }
    }

    private static void Step(TorchPipeline pipeline, params (Sequence Sequence, int[] Tokens)[] parts)
    {
        pipeline.Batch.Clear();
        foreach ((Sequence sequence, int[] tokens) in parts)
            pipeline.Batch.Add(sequence, tokens, tokens.Length == 1 ? Phase.Decode : Phase.Prefill, LogitRows.Last);

        pipeline.Engine.Run(pipeline.Batch);
    }
}
