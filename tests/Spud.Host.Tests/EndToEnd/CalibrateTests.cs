using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spud.Host.Tests.EndToEnd;

public sealed class CalibrateTests
{
    private static string Mixture => TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf");

    private const string Story =
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park with her dog. One day, she saw a big red ball.";

    [Fact]
    public void What_is_written_gives_score_the_wanted_average()
    {
        using TempFolder folder = new();
        string text = folder.Write("story.txt", Encoding.UTF8.GetBytes(Story)), file = folder.File("x.calibration.json");
        Outcome calibrated = Spud.Run("calibrate", "-m", Mixture, "-f", text, "--experts", "1.5", "-o", file);
        Assert.Contains("experts per token, perplexity ratio", calibrated.Succeeded().Output);
        JsonNode fitted = JsonNode.Parse(File.ReadAllText(file))!["fitted"]!;
        Assert.Equal("story.txt", (string?)fitted["text"]);
        Assert.InRange((double)fitted["experts"]!, 1.47, 1.53);

        // The pipeline names it relative to itself.
        string pipeline = folder.Write("p.json", """{ "router": { "use": "dynamic", "calibration": "x.calibration.json" } }"""u8);
        Outcome scored = Spud.Run("score", "-m", Mixture, "-f", text, "-p", pipeline, "--json");
        double average = scored.Succeeded().Json.GetProperty("expertsPerToken").EnumerateArray().Average(layer => layer.GetDouble());
        Assert.InRange(average, (double)fitted["experts"]! - 0.005, (double)fitted["experts"]! + 0.005);
        Assert.Contains("at most 2 experts per token, 1.", Spud.Run("explain", "-m", Mixture, "-p", pipeline).Output);
    }

    [Fact]
    public void A_calibration_of_another_model_is_refused_with_both_hashes()
    {
        using TempFolder folder = new();
        string file = folder.File("x.json");
        Spud.Run("calibrate", "-m", Mixture, "--experts", "1.5", "-o", file, Story).Succeeded();
        string hash = (string)JsonNode.Parse(File.ReadAllText(file))!["model"]!["hash"]!;
        Spud.Run("score", "-m", TestData.Path("stories260K/stories260K-moe4x-identical-f32.gguf"), "--set", "router.use=dynamic", "--set", $"router.calibration={file}", Story)
            .Refused(2, hash, "this model's hash is", "stories260K-moe4x-noise-f32.gguf");
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_and_a_link_leads_to_it()
    {
        using TempFolder folder = new();
        string file = folder.Write("x.json", "old"u8), link = folder.File("link.json");
        File.CreateSymbolicLink(link, file);
        Spud.Run("calibrate", "-m", Mixture, "--experts", "1.5", "-o", link, Story).Succeeded();
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.StartsWith("{", File.ReadAllText(file));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_full_disk_is_said_and_a_device_stays_a_device()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("needs /dev/full");

        Outcome full = Spud.Run("calibrate", "-m", Mixture, "--experts", "1.5", "-o", "/dev/full", Story);
        Assert.Equal(1, full.ExitCode);
        Assert.Contains("/dev/full: could not be written", Assert.Single(full.Faults));
        Assert.Equal(0, new FileInfo("/dev/full").Length);
    }

    [Fact]
    public void Goals_that_cannot_be_are_refused_before_any_work()
    {
        string[] calibrate = ["calibrate", "-m", Mixture, Story];
        Spud.Run(calibrate).Refused(2, "--experts", "--perplexity-ratio");
        Spud.Run([.. calibrate, "--experts", "1.5", "--perplexity-ratio", "1.1"]).Refused(2, "either");
        Spud.Run([.. calibrate, "--experts", "NaN"]).Refused(2, "--experts: expected a number from 1");
        Spud.Run([.. calibrate, "--experts", "0.5"]).Refused(2, "--experts: expected a number from 1");
        Spud.Run([.. calibrate, "--perplexity-ratio", "0.9"]).Refused(2, "--perplexity-ratio: expected a number from 1");
        Spud.Run([.. calibrate, "--experts", "4.5"]).Refused(2, "--experts: expected 1 to 4");
        Spud.Run([.. calibrate, "--experts", "3", "--max-experts", "2"]).Refused(2, "--experts: expected 1 to 2");
        Spud.Run([.. calibrate, "--experts", "3", "--max-experts", "5"]).Refused(2, "--max-experts: expected at most 4");
        Spud.Run([.. calibrate, "--experts", "2", "--min-experts", "2", "--max-experts", "2"]).Refused(2, "--min-experts 2 and --max-experts 2");
        Spud.Run("calibrate", "-m", Spud.Stories, "--experts", "1.5", Story).Refused(2, "is a dense model");
        Spud.Run("calibrate", "-m", Mixture, "--experts", "1.5", "").Refused(2, "tokens");
        Spud.Run("calibrate", "-m", Mixture, "--experts", "1.5", "-f", "/nowhere.txt").Refused(2, "/nowhere.txt");
        Spud.Run([.. calibrate, "--experts", "1.5", "-o", "/nowhere/at/all.json"]).Refused(2, "/nowhere/at");
        Spud.Run([.. calibrate, "--experts", "1.5", "-o", Path.GetTempPath()]).Refused(2, "directory");
    }

    [Fact]
    public void Options_of_the_router_that_cannot_be_are_refused_with_their_place()
    {
        Refused("threshold=0", "$.router.threshold must be a number above 0 and up to 1 or null, got 0");
        Refused("threshold=1.01", "$.router.threshold must be a number above 0 and up to 1");
        Refused("threshold=NaN", "$.router.threshold must be a number");
        Refused("temperature=0", "$.router.temperature must be a number from 0.0625 to 16");
        Refused("minExperts=0", "$.router.minExperts must be a whole number from 1 to 1024");
        Refused("minExperts=3", "minExperts is 3, but a row of layer 0 has at most 2 experts");
        Refused("maxExperts=5", "maxExperts is 5, but layer 0 has 4 experts");
        Refused("calibration=/nowhere.json", "calibration /nowhere.json: no such file");
        Refused("experts=2", "$.router.experts is not an option of router 'dynamic'");
    }

    [Fact]
    public void A_dense_model_asks_no_router()
    {
        JsonElement plain = Spud.Run("score", "-m", Spud.Stories, Story, "--json").Succeeded().Json;
        JsonElement routed = Spud.Run("score", "-m", Spud.Stories, Story, "--json", "--set", "router.use=dynamic", "--set", "router.threshold=0.5").Succeeded().Json;
        Assert.Equal(plain.GetProperty("meanLoss").GetDouble(), routed.GetProperty("meanLoss").GetDouble());
        Assert.Equal(JsonValueKind.Null, routed.GetProperty("expertsPerToken").ValueKind);
    }

    private static void Refused(string option, string message) =>
        Spud.Run("score", "-m", Mixture, "--set", "router.use=dynamic", "--set", $"router.{option}", Story).Refused(2, message);
}
