using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd;

public sealed class CacheFormatTests
{
    [Theory]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    public void A_block_format_that_does_not_fit_the_heads_is_refused_with_layer_width_and_choice(string format) =>
        Spud.Run("run", "--raw", "-m", Spud.Stories, "--set", $"cache.format={format}", "Once").Refused(2, "layer 0", $"{format.ToUpperInvariant()} needs keys whose width is a multiple of 32", "8 wide", "choose F32, F16 or BF16");

    [Fact]
    public void An_unknown_format_is_refused_with_the_known_ones() =>
        Spud.Run("explain", "--set", "cache.format=q5_0").Refused(2, "f16", "f32", "bf16", "q8_0", "q4_0");

    [Fact]
    public void The_schema_names_every_format()
    {
        using JsonDocument schema = JsonDocument.Parse(Spud.Run("schema").Succeeded().Output);
        Assert.Contains("""["f16","f32","bf16","q8_0","q4_0"]""", JsonSerializer.Serialize(schema.RootElement));
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("q8_0")]
    public void The_default_model_still_knows_the_capital(string format) =>
        Assert.Contains("Paris", Spud.Run("run", "--set", $"cache.format={format}", "--temperature", "0", "--max-tokens", "12", "What is the capital of France?").Succeeded().Output);
}
