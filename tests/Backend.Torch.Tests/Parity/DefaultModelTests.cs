using Backend.Torch.Tests.Shared;
using Xunit;

namespace Backend.Torch.Tests.Parity;

/// <summary>The default model: real weights, a real text.</summary>
public sealed class DefaultModelTests
{
    private static readonly string[] s_context = ["context=512"];

    [Fact]
    public void TheLastLogitsAreThoseOfTheExpandedWeights()
    {
        Libtorch.Require();
        float[] expected = TorchPipeline.Floats("smollm2/code.exact.logits.bin");
        using TorchPipeline pipeline = new(TestData.DefaultModel, [.. TorchPipeline.All, .. s_context]);
        float[] got = pipeline.Logits(TorchPipeline.Tokens("smollm2/code.tokens.bin").AsSpan());
        double distance = Distance.Rms(expected, got[^expected.Length..]);
        TestContext.Current.TestOutputHelper?.WriteLine($"RMS {distance:E2} of the range");
        Assert.True(distance <= 1e-5, $"off by {distance:E2} of the logits' range (RMS)");
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("f16")]
    public void SmallerTypesStayNearF32(string dtype)
    {
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("smollm2/code.tokens.bin");
        float[] exact = Logits(tokens, [.. TorchPipeline.All, .. s_context]);
        float[] rounded = Logits(tokens, [.. TorchPipeline.Typed(dtype), $"cache.format={dtype}", .. s_context]);
        double kl = Distance.MeanKl(exact, rounded, exact.Length / tokens.Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{dtype}: mean KL {kl:E2}");
        Assert.True(kl <= 5e-3, $"{dtype}: mean KL {kl:E2}");
    }

    private static float[] Logits(int[] tokens, string[] edits)
    {
        using TorchPipeline pipeline = new(TestData.DefaultModel, edits);
        return pipeline.Logits(tokens);
    }
}
