using Backend.Torch.Tests.Shared;
using Xunit;

namespace Backend.Torch.Tests.Parity;

/// <summary>One model in every block format: weights are expanded, so the logits are the exact ones.</summary>
public sealed class QuantisedTests
{
    public static TheoryData<string> Models =>
        [.. Directory.EnumerateFiles(TestData.Path("quantised"), "*.gguf").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Models))]
    public void LogitsAreThoseOfTheExpandedWeights(string model)
    {
        Libtorch.Require();
        using TorchPipeline pipeline = new(TestData.Path($"quantised/{model}.gguf"), TorchPipeline.All);
        double distance = Distance.Rms(TorchPipeline.Floats($"quantised/{model}.exact.logits.bin"), pipeline.Logits(TorchPipeline.Tokens("quantised/prompt.tokens.bin")));
        TestContext.Current.TestOutputHelper?.WriteLine($"{model}: RMS {distance:E2} of the range");
        Assert.True(distance <= 1e-5, $"{model}: off by {distance:E2} of the logits' range (RMS)");
    }
}
