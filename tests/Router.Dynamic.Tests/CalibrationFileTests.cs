using System.Text;
using System.Text.Json.Nodes;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Router.Dynamic.Tests;

public sealed class CalibrationFileTests : IDisposable
{
    private static readonly TestModel s_model = new() { Experts = 8, ExpertsUsed = 2, Traits = new() { [Trait.Renormalise] = 1 } };
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.calibration.json");

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "$.model.hash", "\"beef\"", "made for model toy.gguf with hash beef, but this model's hash is 0000" },
        { "$.format", "2", "format 2, expected 1" },
        { "$.minExperts", "0", "minExperts is 0, expected at least 1" },
        { "$.minExperts", "4", "2.5 experts on average, expected 4 to 3" },
        { "$.maxExperts", "9", "maxExperts is 9, but layer 0 has 8 experts" },
        { "$.layers", "[]", "layers , expected 0" },
        { "$.layers[0].layer", "1", "layers 1, expected 0" },
        { "$.layers[0].threshold", "0", "threshold 0, expected above 0 and up to 1" },
        { "$.layers[0].threshold", "1.5", "threshold 1.5" },
        { "$.layers[0].threshold", "1e999", "threshold Infinity" },
        { "$.layers[0].threshold", "\"NaN\"", "no calibration: The JSON value could not be converted" },
        { "$.layers[0].temperature", "0", "temperature 0, expected 0.0625 to 16" },
        { "$.layers[0].experts", "3.5", "3.5 experts on average, expected 1 to 3" },
    };

    [Fact]
    public void ACalibrationTakesThePlaceOfTheOptions()
    {
        using RouterRun run = new(s_model, new() { Calibration = Write(Valid()) }), same = new(s_model, new() { MaxExperts = 3, Threshold = 0.75f, Temperature = 0.5f });
        Assert.Equal(3, run.Router.MaxExpertsPerRow);
        Assert.Equal(2.5f, run.Router.ExpectedExperts(0));
        Assert.Null(same.Router.ExpectedExperts(0));
        Assert.Equal(RouterRun.Counts(same.Route(50)), RouterRun.Counts(run.Route(50)));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void AWrongFileIsRefusedWithItsPath(string path, string value, string message)
    {
        JsonObject file = Valid();
        Set(file, path, JsonNode.Parse(value));
        FileRefused(Write(file), message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("""{ "format": 1 }""")]
    [InlineData("{ \"format\": 1,")]
    public void WhatIsNoCalibrationIsRefused(string content)
    {
        File.WriteAllText(_path, content, Encoding.UTF8);
        FileRefused(_path, "no calibration: ");
    }

    [Fact]
    public void AMissingFileIsRefused() => FileRefused(_path, "no such file");

    [Fact]
    public void AFolderIsRefused() => FileRefused(Path.GetTempPath(), "cannot be read");

    [Fact]
    public void OptionsBesideACalibrationAreRefused()
    {
        string path = Write(Valid());
        Refused(new() { Calibration = path, MinExperts = 1 }, "minExperts");
        Refused(new() { Calibration = path, MaxExperts = 3 }, "maxExperts");
        Refused(new() { Calibration = path, Threshold = 0.5f }, "threshold");
        Refused(new() { Calibration = path, Temperature = 1 }, "temperature");
    }

    public void Dispose() => File.Delete(_path);

    private static void FileRefused(string path, string message)
    {
        string said = Refused(new DynamicRouterOptions { Calibration = path }, message);
        Assert.True(said.Contains(path) || said.Contains("Experts is"), said);
    }

    private static string Refused(DynamicRouterOptions options, string message)
    {
        using TestBuild build = new(s_model.Describe());
        RefusedException refusal = Assert.Throws<RefusedException>(() => new DynamicRouter(options, build));
        Assert.Contains(message, refusal.Message);
        Assert.Empty(build.Taken);
        return refusal.Message;
    }

    private static JsonObject Valid() => JsonNode.Parse($$"""
        {
          "format": 1, "model": { "name": "toy.gguf", "hash": "{{new string('0', 64)}}" }, "minExperts": 1, "maxExperts": 3,
          "layers": [ { "layer": 0, "threshold": 0.75, "temperature": 0.5, "experts": 2.5 } ], "fitted": { "text": "for people" }
        }
        """)!.AsObject();

    private static void Set(JsonNode file, string path, JsonNode? value)
    {
        string[] names = path.Replace("[0]", ".0").Split('.')[1..];
        foreach (string name in names[..^1])
            file = int.TryParse(name, out int index) ? file[index]! : file[name]!;
        file[names[^1]] = value;
    }

    private string Write(JsonObject file)
    {
        File.WriteAllText(_path, file.ToJsonString());
        return _path;
    }
}
