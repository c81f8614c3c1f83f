using Backend.Torch.Tests.Shared;
using Xunit;

namespace Backend.Torch.Tests.Parity;

/// <summary>Every family of models against llama.cpp's logits for the same file, all roles on libtorch in f32.</summary>
public sealed class FamilyTests
{
    [Theory]
    [InlineData("llama", 1e-5)]
    [InlineData("mixtral", 1e-5)]
    [InlineData("qwen2", 1e-5)]
    [InlineData("qwen3", 1e-5)]
    [InlineData("qwen2moe", 1e-5)]
    [InlineData("qwen3moe", 1e-5)]
    [InlineData("olmoe", 1e-5)]
    [InlineData("granite", 1e-5)]
    [InlineData("granitemoe", 1e-5)]
    [InlineData("gemma3", 1e-4)] // llama.cpp's GELU is a table of f16 values
    [InlineData("gpt-oss", 1e-5)]
    public void LogitsAreLlamaCpps(string family, double tolerance)
    {
        Libtorch.Require();
        using TorchPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), TorchPipeline.All);
        float[] expected = TorchPipeline.Floats($"families/{family}.logits.bin"), got = pipeline.Logits(TorchPipeline.Tokens("families/prompt.tokens.bin"));
        double distance = Distance.Rms(expected, got);
        TestContext.Current.TestOutputHelper?.WriteLine($"{family}: RMS {distance:E2} of the range");
        Assert.True(distance <= tolerance, $"{family}: off by {distance:E2} of the logits' range (RMS)");
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("f16")]
    public void SmallerTypesStayNearF32(string dtype)
    {
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        // Dense ones: how a router's near-tie falls does not depend on types. Their logits are those of random weights.
        foreach (string family in new[] { "llama", "qwen2", "qwen3", "granite", "gemma3" })
        {
            string model = TestData.Path($"families/{family}.gguf");
            using TorchPipeline exact = new(model, TorchPipeline.All), rounded = new(model, [.. TorchPipeline.Typed(dtype), $"cache.format={dtype}"]);
            double kl = Distance.MeanKl(exact.Logits(tokens), rounded.Logits(tokens), exact.Pipeline.Model.Vocabulary);
            TestContext.Current.TestOutputHelper?.WriteLine($"{family} {dtype}: mean KL {kl:E2}");
            Assert.True(kl <= 5e-3, $"{family} {dtype}: mean KL {kl:E2}");
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3moe")]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    public void ChunksAgree(string family)
    {
        Libtorch.Require();
        using TorchPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), TorchPipeline.All);
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        float[] expected = pipeline.Logits(tokens);
        Assert.Equal(expected, pipeline.Logits(tokens));
        foreach (int chunk in new[] { 1, 7, 32 })
            Assert.InRange(Distance.Rms(expected, pipeline.Logits(tokens, chunk)), 0, 1e-5);
    }
}
