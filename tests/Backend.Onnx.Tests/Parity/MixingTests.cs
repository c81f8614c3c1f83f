using Xunit;

namespace Backend.Onnx.Tests.Parity;

/// <summary>Components of this plugin together with those of the CPU backend.</summary>
public sealed class MixingTests
{
    private const double Exact = 1e-5, HalfPages = 2e-3;

    public static TheoryData<string, string[], double> Pipelines => new()
    {
        { "attention, plain f32 pages", ["attention.use=onnx", "cache.use=plain", "cache.format=f32"], Exact },
        { "attention, short pages", ["attention.use=onnx", "cache.use=plain", "cache.format=f32", "cache.pageTokens=16"], Exact },
        { "attention, f16 pages", ["attention.use=onnx", "cache.use=plain", "cache.format=f16", "cache.pageTokens=16"], HalfPages },
        { "contiguous cache alone", ["cache.use=contiguous", "attention.activations=f32"], Exact },
        { "contiguous f16", ["attention.use=onnx", "cache.use=contiguous", "cache.format=f16"], HalfPages },
        { "contiguous bf16", ["attention.use=onnx", "cache.use=contiguous", "cache.format=bf16"], 10 * HalfPages },
        { "experts", ["experts.use=onnx", "attention.activations=f32", "cache.format=f32"], Exact },
        { "router and head", ["router.use=onnx", "head.use=onnx", "attention.activations=f32", "cache.format=f32"], Exact },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void LogitsAreLlamaCpps(string name, string[] settings, double tolerance)
    {
        foreach (string family in new[] { "llama", "granitemoe" })
        {
            string[] rest = [.. new[] { "attention", "experts", "head" }.Where(role => !settings.Any(s => s.StartsWith(role + ".", StringComparison.Ordinal))).Select(role => role + ".activations=f32")];
            float[] got = new PromptLogits { Settings = [.. settings, .. rest], Rows = 20 }.Of(TestData.Path($"families/{family}.gguf"));
            double distance = PromptLogits.Distance(PromptLogits.Reference($"families/{family}.logits.bin"), got);
            Assert.True(distance <= tolerance, $"{name}, {family}: RMS distance {distance:E2} of the logits' range");
        }
    }
}
