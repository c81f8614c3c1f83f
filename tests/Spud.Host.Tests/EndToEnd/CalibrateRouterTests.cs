using System.Text;
using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd;

public sealed class CalibrateRouterTests : IDisposable
{
    private static string Mixture => TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf");

    private readonly TempFolder _folder = new();
    private readonly string _story, _code;

    public CalibrateRouterTests()
    {
        _story = Write("story.txt", i => $"Once upon a time, there was a {(i % 3 == 0 ? "little girl" : "big dog")} named {(i % 5 < 2 ? "Lily" : "Tim")}. She loved to play outside in the park. ");
        _code = Write("code.txt", i => $"def f{i % 7}(x, y):\n    if x < {i % 11}:\n        return [x, y]\n    return f{i % 5}(x - 1)\n\n");
    }

    [Fact]
    public void The_kind_of_a_text_is_named_where_it_is_answered()
    {
        string pack = _folder.File("x.router.gguf"), receipt = _folder.File("receipt.json");
        Outcome calibrated = Spud.Run("calibrate", "router", "-m", Mixture, "-f", $"story={_story}", "-f", $"code={_code}", "--experts", "1.5", "--max-tokens", "2000", "-o", pack).Succeeded();
        Assert.Contains("kinds of text: story, code; right after 64 tokens", calibrated.Output);
        Assert.Contains("\"use\": \"hierarchical\", \"pack\": \"x.router.gguf\"", calibrated.Output);

        string[] pipeline = ["-m", Mixture, "--set", "router.use=hierarchical", "--set", $"router.pack={pack}"];
        Outcome answered = Spud.Run(["run", .. pipeline, "--raw", "--max-tokens", "2", "--receipt", receipt, File.ReadAllText(_code)[..200]]).Succeeded();
        Assert.Contains(", task code (", answered.Error);
        Assert.Equal("code", JsonDocument.Parse(File.ReadAllText(receipt)).RootElement.GetProperty("label").GetProperty("name").GetString());
        Assert.Contains("task, as the router tells: story (", Spud.Run(["run", .. pipeline, "--raw", "--max-tokens", "2", "--receipt", "-", File.ReadAllText(_story)[..300]]).Succeeded().Error);

        JsonElement scored = Spud.Run(["score", .. pipeline, "-f", _code, "--max-tokens", "500", "--json"]).Succeeded().Json;
        Assert.InRange(scored.GetProperty("expertsPerToken").EnumerateArray().Average(layer => layer.GetDouble()), 1.3, 1.7);
        Spud.Run(["score", "-m", TestData.Path("stories260K/stories260K-moe4x-identical-f32.gguf"), .. pipeline[2..], "Once"]).Refused(2, "was made for another model");
    }

    [Fact]
    public void Bytes_of_experts_are_measured_by_step_and_by_request()
    {
        JsonElement one = Bench("1"), four = Bench("4");
        Assert.InRange(four.GetProperty("expertBytesPerStep").GetInt64(), one.GetProperty("expertBytesPerStep").GetInt64() + 1, 4 * one.GetProperty("expertBytesPerStep").GetInt64() - 1);
        Assert.True(one.GetProperty("expertBytesPerRequest").GetInt64() > one.GetProperty("expertBytesPerStep").GetInt64());
        Assert.True(one.GetProperty("computeUnitsPerToken").GetDecimal() > 0);
        Spud.Run("bench", "-m", Mixture, "--generate", "400", "--repeat", "1", "-f", _folder.Write("short.txt", "too short"u8)).Refused(2, "-f: the text has", "expected at least 400");

        JsonElement Bench(string batch) => Spud.Run(
            "bench", "-m", Mixture, "--batch", batch, "--depth", "20", "--generate", "8", "--prompt", "8", "--repeat", "1", "-f", _story, "-f", _code, "--json").Succeeded().Json;
    }

    [Fact]
    public void What_cannot_be_calibrated_is_refused_with_its_reason()
    {
        string[] calibrate = ["calibrate", "router", "-m", Mixture, "-f", $"story={_story}"];
        Spud.Run("calibrate", "router", "-m", Mixture, "--experts", "1.5").Refused(2, "-f coding=code.txt");
        Spud.Run("calibrate", "router", "-m", Mixture, "--experts", "1.5", "-f", _story).Refused(2, "-f: expected LABEL=FILE");
        Spud.Run("calibrate", "router", "-m", Mixture, "--experts", "1.5", "-f", "story=").Refused(2, "-f: expected LABEL=FILE");
        Spud.Run("calibrate", "router", "-m", Mixture, "--experts", "1.5", "-f", $"none={_story}").Refused(2, "other than 'none'");
        Spud.Run([.. calibrate, "-f", $"story={_code}", "--experts", "1.5"]).Refused(2, "the label 'story' is given twice");
        Spud.Run([.. calibrate, "--experts", "1.5", "-f", "code=/nowhere.txt"]).Refused(2, "/nowhere.txt: no such file");
        Spud.Run([.. calibrate, "--experts", "1.5", "-f", $"code={_folder.Write("short.txt", "def f(x): return x"u8)}"]).Refused(2, "short.txt: the text of 'code' has", "expected at least 1024");
        Spud.Run([.. calibrate, "--experts", "1.5", "--ctx", "100"]).Refused(2, "the context is 100 tokens");
        Spud.Run([.. calibrate, "--experts", "1.5", "--pool", "3"]).Refused(2, "--pool: expected at least 4, twice the 2 experts");
        Spud.Run([.. calibrate, "--experts", "1.5", "--pool", "5"]).Refused(2, "--pool: expected at most 4");
        Spud.Run(calibrate).Refused(2, "--experts", "--perplexity-ratio");
        Spud.Run("calibrate", "router", "-m", Spud.Stories, "-f", $"story={_story}", "--experts", "1.5").Refused(2, "is a dense model");
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string name, Func<int, string> sentence) => _folder.Write(name, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 120).Select(sentence))));
}
