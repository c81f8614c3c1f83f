using System.Text;

namespace Spud.Host.Tests.EndToEnd;

public sealed class CalibrateHeadsTests
{
    private static string Model => TestData.Path("stories260K/stories260K-f32.gguf");

    private static string Story => string.Concat(Enumerable.Range(0, 60).Select(static i => $"Once upon a time, there was a little girl named Lily who had {i} red balls. "));

    private static string[] Small => ["--context-tokens", "100", "--held-tokens", "128", "--held-rows", "32", "--sinks", "4", "--windows", "20"];

    [Fact]
    public void Two_commands_give_a_compressed_cache()
    {
        using TempFolder folder = new();
        string text = folder.Write("story.txt", Encoding.UTF8.GetBytes(Story)), model = folder.File("small.gguf"), pack = folder.File("small.compressed.gguf");
        File.Copy(Model, model);
        Outcome calibrated = Spud.Run(["calibrate", "heads", "-m", model, "-f", text, .. Small, "--keep", "0.8", "-o", pack]).Succeeded();
        Assert.Contains("looks back", calibrated.Output);
        Assert.Contains("heads keep 80 % of the keys", calibrated.Output);

        // The pack lies with the model, and needs no name.
        Assert.Contains(", per head", Spud.Run("explain", "-m", model, "--set", "cache=compressed").Succeeded().Output);
        Spud.Run("score", "-m", model, "--set", "cache=compressed", "-f", text, "--max-tokens", "500").Succeeded();
    }

    [Fact]
    public void The_pack_of_another_model_is_refused()
    {
        using TempFolder folder = new();
        string text = folder.Write("story.txt", Encoding.UTF8.GetBytes(Story)), pack = folder.File("pack.gguf");
        Spud.Run(["calibrate", "heads", "-m", Model, "-f", text, .. Small, "-o", pack]).Succeeded();
        Spud.Run("run", "-m", TestData.Path("stories260K/stories260K-f16.gguf"), "--set", "cache=compressed", "--set", $"cache.pack={pack}", "Once").Refused(2, "was made for another model");
    }

    [Theory]
    [InlineData("--held-tokens", "40", "--held-tokens 32 is too few: a streaming head keeps 4 + 20 tokens, and must forget at least half of the text. Give at least 48, or 0.")]
    [InlineData("--held-rows", "128", "--held-rows 128 is too many: a text of 128 tokens has 96 behind the first review. Give at most 96.")]
    [InlineData("--windows", "20,x", "--windows: expected different whole numbers from 1 to 268435456, separated by commas, got '20,x'.")]
    [InlineData("--windows", "20,20", "--windows: expected different whole numbers")]
    [InlineData("--context-tokens", "200000", "tokens, 200128 are needed: give a longer text, or lower --context-tokens or --held-tokens.")]
    [InlineData("--order", "best", "--order: expected one of Damage, Both, Reconstruction, Far, Random, got 'best'.")]
    public void What_cannot_be_is_refused_with_its_reason(string option, string value, string message)
    {
        using TempFolder folder = new();
        string text = folder.Write("story.txt", Encoding.UTF8.GetBytes(Story));
        string[] options = [.. Small];
        int at = Array.IndexOf(options, option);
        if (at >= 0)
            options[at + 1] = value;
        Outcome outcome = Spud.Run(["calibrate", "heads", "-m", Model, "-f", text, .. options, .. at < 0 ? [option, value] : Array.Empty<string>(), "-o", folder.File("x.gguf")]);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(message, outcome.Error);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_text_must_be_given() => Spud.Run("calibrate", "heads", "-m", Model).Refused(2, "no text is given. Give at least one with -f FILE.");
}
