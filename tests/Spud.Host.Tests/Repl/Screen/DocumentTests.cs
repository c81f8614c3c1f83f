using System.Text.RegularExpressions;
using Spud.Host.Repl;
using Spud.Plugins;
using Terminal.Gui.Input;

namespace Spud.Host.Tests.Repl.Screen;

/// <summary>The screens in the documents are made here. SPUD_UPDATE_SNAPSHOTS=1 writes them.</summary>
[Collection("screen")]
public sealed partial class DocumentTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/repl.md")]
    public void Screens_in_documents_are_what_the_screen_shows(string document)
    {
        string path = Path.Combine(TestData.Root, document), text = File.ReadAllText(path);
        Assert.Matches(Screens(), text);
        string now = Screens().Replace(text, match => $"<!-- screen: {match.Groups[1].Value} -->\n```text\n{Draw(match.Groups[1].Value)}\n```");
        if (Environment.GetEnvironmentVariable("SPUD_UPDATE_SNAPSHOTS") is not null)
            File.WriteAllText(path, now);
        else
            Assert.Equal(text, now);
    }

    private static string Draw(string name)
    {
        using PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(Path.GetDirectoryName(EndToEnd.Spud.Program)!, "plugins"));
        plugins.LoadAll();
        (int columns, int rows) = name switch { "readme" => (110, 24), "narrow" => (60, 15), "keys" => (120, 30), _ => (110, 32) };
        using ScreenFixture fixture = new(columns, rows);
        fixture.Screen.Take([new ConversationChanged(new()), new PipelineChanged(Composed.Pipeline(plugins))]);
        Turn turn = Said.Turn(1, "What is the capital of France?", "The capital of France is **Paris**.", tokens: 8);
        turn.Receipt = Composed.Receipt(7.28);
        (turn.TimeToFirstToken, turn.DecodeTime, turn.ReusedTokens) = (TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.034), 0); // as measured on a machine of 2 cores
        fixture.Happen(Said.Whole(turn));
        switch (name)
        {
            case "readme":
                fixture.Happen(new PipelineChanged(Composed.Pipeline(plugins, "q8_0")), new Notice(NoticeKind.Information, "cache.format is q8_0 from the next turn on."));
                break;
            case "choices":
                fixture.Press(Key.F2);
                while (!fixture.Text.Contains("▸  format"))
                    fixture.Press(Key.CursorDown);

                fixture.Press(Key.Enter);
                break;
            case "turn":
                Turn second = Said.Turn(2, "Tell me about it.", "Paris is a city on the Seine:\n\n- the **Louvre** is a museum\n- the *Eiffel Tower* was built in 1889", tokens: 60);
                second.Receipt = Composed.Receipt(21.5);
                fixture.Happen(Said.Whole(second));
                fixture.Press(Key.F3);
                break;
            case "complete":
                fixture.Completions = line => [.. plugins.Statuses.Length > 0 ? new[] { "/set cache.format=bf16", "/set cache.format=f16", "/set cache.format=f32", "/set cache.format=q4_0", "/set cache.format=q8_0" } : []];
                fixture.Type("/set cache.format=");
                fixture.Press(Key.Tab, Key.Tab);
                break;
            case "keys":
                fixture.Press(Key.F1);
                break;
        }

        return fixture.Text.TrimEnd('\n');
    }

    [GeneratedRegex("<!-- screen: ([a-z]+) -->\n```text\n(?:.*?\n)??```", RegexOptions.Singleline)]
    private static partial Regex Screens();
}
