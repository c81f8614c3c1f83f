using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>Every page format of cache "plain", against pages that keep every bit.</summary>
public sealed class CacheFormatTests(ITestOutputHelper output)
{
    private static readonly int[] s_prompt = CpuPipeline.Tokens("families/prompt.tokens.bin");

    // In parts of the logits' range. A key or value is off by 2^-12 (f16), 2^-9 (bf16), 1/254 (q8_0) or 1/16 (q4_0) of its size or of its
    // block's largest at most; two layers hand that on weakened, because attention averages.
    [Theory]
    [InlineData("f16", 1e-3)]
    [InlineData("bf16", 8e-3)]
    [InlineData("q8_0", 1.6e-2)]
    [InlineData("q4_0", 0.25)]
    public void A_rounded_cache_moves_logits_no_further_than_its_rounding(string format, double tolerance)
    {
        using CpuPipeline rounded = new(TestData.Path("quantised/base-f16.gguf"), cache: format), exact = new(TestData.Path("quantised/base-f16.gguf"));
        using Sequence got = rounded.Engine.Open(), expected = exact.Engine.Open();
        Distance distance = Distance.Between(rounded.AllLogits(got, s_prompt), exact.AllLogits(expected, s_prompt));
        output.WriteLine($"{format}: largest {distance.Max:E2}, RMS {distance.Rms:E2}");
        Assert.InRange(distance.Max, double.Epsilon, tolerance); // not 0: then the format would not have been used
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    public void A_text_read_in_chunks_or_token_by_token_gives_the_same_bits(string format)
    {
        using CpuPipeline pipeline = new(TestData.Path("quantised/base-f16.gguf"), cache: format, edits: "cache.pageTokens=16");
        (int[] tokens, float[] logits) = pipeline.Generate(s_prompt, 8);
        foreach (int chunk in new[] { 1, 7 })
        {
            (int[] same, float[] as_) = pipeline.Generate(s_prompt, 8, chunk);
            Assert.Equal(tokens, same);
            Assert.InRange(Distance.Between(as_, logits).Max, 0, pipeline.AcrossChunks);
        }
    }
}
