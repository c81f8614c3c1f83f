using Xunit;

namespace Backend.Cpu.Tests.Parity;

/// <summary>Every family of models against llama.cpp's logits for the same file, in f32 throughout.</summary>
public sealed class FamilyTests
{
    [Theory]
    [InlineData("llama", 5e-6)]
    [InlineData("mixtral", 5e-6)]
    [InlineData("qwen2", 5e-6)]
    [InlineData("qwen3", 5e-6)]
    [InlineData("qwen2moe", 5e-6)]
    [InlineData("qwen3moe", 5e-6)]
    [InlineData("olmoe", 5e-6)]
    [InlineData("granite", 5e-6)]
    [InlineData("granitemoe", 5e-6)]
    [InlineData("gemma3", 5e-4)] // llama.cpp's GELU is a table of f16 values
    [InlineData("gpt-oss", 5e-6)]
    public void LogitsAreLlamaCpps(string family, double tolerance)
    {
        float[] expected = PromptLogits.Reference($"families/{family}.logits.bin"), got = PromptLogits.Of($"families/{family}.gguf", "f32");
        Assert.Equal(expected.Length, got.Length);
        double range = expected.Max() - expected.Min();
        double worst = expected.Zip(got, (e, g) => Math.Abs(e - g)).Max();
        Assert.True(worst <= tolerance * range, $"{family}: off by {worst / range:E2} of the logits' range");
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3moe")]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    public void NeitherThreadsNorChunksChangeABit(string family)
    {
        float[] expected = PromptLogits.Of($"families/{family}.gguf", "q8", threads: 1, rows: 64);
        Assert.Equal(expected, PromptLogits.Of($"families/{family}.gguf", "q8", threads: 2, rows: 64));
        Assert.Equal(expected, PromptLogits.Of($"families/{family}.gguf", "q8", threads: 3, rows: 7));
        Assert.Equal(expected, PromptLogits.Of($"families/{family}.gguf", "q8", threads: 2, rows: 1));
    }
}
