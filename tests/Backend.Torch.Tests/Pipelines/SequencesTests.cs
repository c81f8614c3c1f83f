using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Execution;
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

    private static void Step(TorchPipeline pipeline, params (Sequence Sequence, int[] Tokens)[] parts)
    {
        pipeline.Batch.Clear();
        foreach ((Sequence sequence, int[] tokens) in parts)
            pipeline.Batch.Add(sequence, tokens, tokens.Length == 1 ? Phase.Decode : Phase.Prefill, LogitRows.Last);

        pipeline.Engine.Run(pipeline.Batch);
    }
}
