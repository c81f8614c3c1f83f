using System.Text.Json;

namespace Spud.Host.Tests.Cli;

public sealed class PluginsCommandTests
{
    [Fact]
    public void PluginsAreListedWithTheirComponents()
    {
        Spoken spoken = Spoken.WithPlugins("plugins");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        Assert.Contains("backend.cpu 0.1.0: active", spoken.Out);
        Assert.Contains("head 'cpu', attention 'cpu', cache 'plain', router 'top-k', experts 'cpu'", spoken.Out);
        Assert.Contains($"Searched:\n  {Spoken.PluginFolder}", spoken.Out.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void JsonHasStableNames()
    {
        using JsonDocument document = JsonDocument.Parse(Spoken.WithPlugins("plugins", "--json").Out);
        JsonElement plugin = document.RootElement.GetProperty("plugins").EnumerateArray().Single(of => of.GetProperty("id").GetString() == "backend.cpu");
        Assert.Equal(["id", "version", "status", "reason", "notes", "components", "folder"], plugin.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["head", "attention", "cache", "router", "experts"], plugin.GetProperty("components").EnumerateObject().Select(role => role.Name));
        Assert.Equal("active", plugin.GetProperty("status").GetString());
    }

    [Fact]
    public void APluginThatCannotBeUsedIsListedWithItsReasonAndTheOthersGoOn()
    {
        using TempFolder folder = new();
        Broken(folder.Path);
        Spoken spoken = Spoken.WithPlugins("plugins", "--plugins", folder.Path);
        Assert.Equal(ExitCodes.Done, spoken.ExitCode);
        Assert.Contains("backend.cpu 0.1.0: active", spoken.Out);
        Assert.Contains("broken: malformed", spoken.Out);
        Assert.Contains("$.id must be", spoken.Out);
    }

    [Fact]
    public void CheckTakesOneFolderThroughAllSteps()
    {
        Spoken spoken = Spoken.Of("plugins", "check", Path.Combine(Spoken.PluginFolder, "backend.cpu"));
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        Assert.StartsWith("backend.cpu 0.1.0: active", spoken.Out);
    }

    [Fact]
    public void CheckOfABrokenPluginFails()
    {
        using TempFolder folder = new();
        Spoken spoken = Spoken.Of("plugins", "check", Broken(folder.Path), "--json");
        Assert.Equal(ExitCodes.Failed, spoken.ExitCode);
        using JsonDocument document = JsonDocument.Parse(spoken.Out);
        Assert.Equal("malformed", document.RootElement.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("plugins", "check", "no-such-folder")]
    [InlineData("plugins", "--plugins", "no-such-folder")]
    [InlineData("schema", "--plugins", "no-such-folder")]
    public void AMissingFolderIsBadInput(params string[] arguments)
    {
        Spoken spoken = Spoken.Of(arguments);
        Assert.Equal((ExitCodes.BadInput, ""), (spoken.ExitCode, spoken.Out));
        Assert.Contains("no-such-folder", spoken.Error);
    }

    [Fact]
    public void TextOfAPluginDoesNotReachTheTerminalAsControl()
    {
        using StringWriter text = new();
        WrappedText.Write(new SafeWriter(text), "a \e[31mred\nb", indent: 2);
        Assert.Equal("  a \\u001b[31mred\n  b\n", text.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void SentencesAreBrokenBefore80Columns()
    {
        using StringWriter text = new();
        WrappedText.Write(text, string.Join(' ', Enumerable.Repeat("word", 40)), indent: 6, first: "ok    ");
        string[] lines = text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.Equal(["ok    w", "      w", "      w"], lines.Select(line => line[..7]));
    }

    [Fact]
    public void TheSchemaNamesEveryComponentOfAllPlugins()
    {
        Spoken spoken = Spoken.WithPlugins("schema");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        using JsonDocument document = JsonDocument.Parse(spoken.Out);
        JsonElement definitions = document.RootElement.GetProperty("definitions");
        string[] expected = ["head.backend.cpu.cpu", "attention.backend.cpu.cpu", "cache.backend.cpu.plain", "router.backend.cpu.top-k", "experts.backend.cpu.cpu"];
        Assert.All(expected, name => Assert.True(definitions.TryGetProperty(name, out _), name));
    }

    private static string Broken(string folder)
    {
        string plugin = Path.Combine(folder, "broken");
        Directory.CreateDirectory(plugin);
        File.WriteAllText(Path.Combine(plugin, "spud-plugin.json"), "{ \"id\": 7 }");
        return plugin;
    }
}
