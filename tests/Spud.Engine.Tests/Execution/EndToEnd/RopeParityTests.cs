using System.Globalization;
using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>Scaling of RoPE that a pipeline asks for, against llama.cpp with the same scaling of the same file.</summary>
public sealed class RopeParityTests
{
    public static TheoryData<string> References => [.. Directory.GetFiles(TestData.Path("rope"), "*.logits.bin").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(References))]
    public void A_pipelines_scaling_gives_llama_cpps_logits(string reference)
    {
        string[] parts = reference.Split('.');
        (string family, string scaling, double factor) = (parts[0], parts[1].Split('-')[0], double.Parse(parts[1].Split('-')[1], CultureInfo.InvariantCulture));
        float[] expected = CpuPipeline.Floats($"rope/{reference}");

        // As in the table of the families: llama.cpp's GELU is an f16 table, which only gemma3 uses.
        double limit = family == "gemma3" ? 5e-4 : 2e-5;
        Assert.InRange(Distance.Between(Last(family, expected.Length, $"rope.scaling={scaling}", FormattableString.Invariant($"rope.factor={factor}")), expected).Max, 0, limit);
        Assert.True(Distance.Between(Last(family, expected.Length), expected).Max > 10 * limit, "the scaling makes no difference here: this test shows nothing");
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("ntk")]
    [InlineData("yarn")]
    public void A_target_length_is_the_factor_that_reaches_it(string scaling)
    {
        float[] byFactor = Last("llama", 512, $"rope.scaling={scaling}", "rope.factor=4"), byTarget = Last("llama", 512, $"rope.scaling={scaling}", "rope.targetTokens=2048");
        Assert.Equal(byFactor, byTarget);
    }

    [Fact]
    public void Scaling_none_computes_without_the_scaling_of_the_file()
    {
        float[] own = Last("gpt-oss", 512), said = Last("gpt-oss", 512, "rope.scaling=yarn", "rope.factor=4"), none = Last("gpt-oss", 512, "rope.scaling=none");
        Assert.Equal(own, said);
        Assert.NotEqual(own, none);
    }

    private static float[] Last(string family, int count, params string[] edits)
    {
        using CpuPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), edits: edits);
        using Sequence sequence = pipeline.Engine.Open();
        return pipeline.AllLogits(sequence, CpuPipeline.Tokens("families/prompt.tokens.bin"))[^count..];
    }
}
