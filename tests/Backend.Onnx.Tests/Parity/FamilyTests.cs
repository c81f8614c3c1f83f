using Xunit;

namespace Backend.Onnx.Tests.Parity;

/// <summary>Every family of models with all roles on this plugin, against llama.cpp's logits for the same file.</summary>
public sealed class FamilyTests
{
    private const double Exact = 1e-5;

    public static TheoryData<string> Families => ["llama", "mixtral", "qwen2", "qwen3", "qwen2moe", "qwen3moe", "olmoe", "granite", "granitemoe", "gpt-oss"];

    [Theory]
    [MemberData(nameof(Families))]
    public void LogitsAreLlamaCpps(string family) => AssertNear(family, PromptLogits.AllRoles(), Exact);

    [Fact]
    public void Gemma3sLogitsAreLlamaCppsButForItsGelu() => AssertNear("gemma3", PromptLogits.AllRoles(), 2e-4); // its GELU is a table of f16 values

    [Theory]
    [InlineData("llama", 7)]
    [InlineData("llama", 1)]
    [InlineData("gpt-oss", 7)]
    [InlineData("gpt-oss", 1)]
    [InlineData("qwen2moe", 10)]
    public void TheChunksOfAPromptDoNotMatter(string family, int rows) =>
        AssertNear(family, new PromptLogits { Settings = PromptLogits.AllRoles().Settings, Rows = rows }, Exact);

    [Theory]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    [InlineData("qwen3moe")]
    public void TheSameBitsComeTwice(string family)
    {
        string model = TestData.Path($"families/{family}.gguf");
        Assert.Equal(PromptLogits.AllRoles().Of(model), PromptLogits.AllRoles().Of(model));
    }

    private static void AssertNear(string family, PromptLogits pipeline, double tolerance)
    {
        double distance = PromptLogits.Distance(
            PromptLogits.Reference($"families/{family}.logits.bin"), pipeline.Of(TestData.Path($"families/{family}.gguf")));
        Assert.True(distance <= tolerance, $"{family}: RMS distance {distance:E2} of the logits' range");
        TestContext.Current.TestOutputHelper?.WriteLine($"{family}: {distance:E2}");
    }
}
