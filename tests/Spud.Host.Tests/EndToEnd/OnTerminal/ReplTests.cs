namespace Spud.Host.Tests.EndToEnd.OnTerminal;

/// <summary>The REPL as a person meets it.</summary>
public sealed class ReplTests
{
    private const string Ready = "● ready";

    [Fact]
    public async Task A_session_at_a_terminal()
    {
        using Tmux terminal = new(100, 30);
        terminal.Enter("$SPUD");
        await terminal.Shows(Ready);

        terminal.Enter("What is the capital of France?");
        await terminal.Shows("The capital of France is Paris.");
        await terminal.Shows("● ready ·");

        terminal.Enter("/set cache.format=q8_0");
        await terminal.Shows("KV q8_0");
        terminal.Enter("/set cache.format=nothing");
        await terminal.Shows("✗ ");
        Assert.Contains("KV q8_0", terminal.Screen);

        terminal.Resize(60, 15);
        await terminal.Shows("F1 help");
        terminal.Resize(30, 8);
        await terminal.Shows("too small");
        terminal.Resize(100, 30);
        await terminal.Shows("The capital of France is Paris.");

        terminal.Type("日本語 👩‍👩‍👧 é");
        await terminal.Shows("❯ 日本語");
        terminal.Press("C-u");
        terminal.Paste("漢字 " + string.Concat(Enumerable.Repeat("a pasted line\n", 50)));
        await terminal.Shows("[pasted: 51 lines, 703 characters]");
        terminal.Press("C-u");

        terminal.Press("F1");
        await terminal.Shows("Keys");
        terminal.Press("Escape");
        await terminal.Shows("The capital of France is Paris.");

        terminal.Enter("/replay");
        await terminal.Shows("│ replay");
        terminal.Enter("/why");
        await terminal.Shows("token 1 of");
        terminal.Press("C-d");
        await IsRestored(terminal);
    }

    [Fact]
    public async Task A_killed_session_loses_at_most_the_sentence_being_typed()
    {
        using Tmux terminal = new(100, 30);
        terminal.Enter("$SPUD");
        await terminal.Shows(Ready);
        terminal.Enter("What is the capital of France?");
        await terminal.Shows("● ready ·");
        terminal.Type("half a sen");
        using (System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-KILL", $"{terminal.Program}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        await terminal.Ended();
        terminal.Enter("reset; clear; $SPUD");
        await terminal.Shows(Ready);
        terminal.Enter("/list");
        await terminal.Shows("capital");
        terminal.Press("Up", "Up");
        await terminal.Shows("❯ What is the capital of France?");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_gives_the_terminal_back(string signal)
    {
        using Tmux terminal = new(80, 24);
        terminal.Enter("$SPUD");
        await terminal.Shows(Ready);
        using (System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", $"{terminal.Program}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        await IsRestored(terminal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2> /dev/null")]
    public async Task A_crash_gives_the_terminal_back(string redirection)
    {
        using Plugins.OddHome home = new();
        home.Behave("route crashes");
        using Tmux terminal = new(120, 24);
        string model = TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf");
        terminal.Enter($"$SPUD chat --no-save -m '{model}' --plugins '{home.Source}' --set router=odd/odd --chat-template chatml --max-tokens 4 {redirection}");
        await terminal.Shows(Ready);
        terminal.Enter("Hello");
        if (redirection.Length == 0)
            await terminal.Shows("a thread of a plugin");

        await IsRestored(terminal);
    }

    [Fact]
    public async Task CtrlC_stops_an_answer_of_a_resized_screen_and_CtrlZ_goes_to_the_shell_and_back()
    {
        // An answer that does not end by itself before everything below has been done.
        using TempFolder folder = new();
        string grammar = folder.Write("endless.gbnf", "root ::= [a-z ]{8000} \n"u8);
        using Tmux terminal = new(80, 24);
        terminal.Enter($"A='--max-tokens 8000 --grammar {grammar}'; clear");
        await terminal.Shows("$");
        terminal.Enter("$SPUD chat $A");
        await terminal.Shows(Ready);
        terminal.Enter("Write a very long story about a whale, with many chapters.");
        await terminal.Shows("tokens ·");
        foreach ((int columns, int rows) in new[] { (40, 12), (300, 100), (30, 8), (120, 40), (80, 24) })
        {
            terminal.Resize(columns, rows);
            await terminal.Shows(columns < 40 ? "too small" : "F1 help");
        }

        terminal.Press("C-c");
        await terminal.Shows("· stopped");

        terminal.Press("C-z");
        // What is typed before the shell has taken the terminal back is lost.
        await terminal.Shows("${A}\n$");
        terminal.Enter("stty -a");
        await terminal.Shows(" echo ");
        terminal.Enter("fg");
        await terminal.Shows("· stopped");
        terminal.Press("C-c");
        terminal.Press("C-c");
        await IsRestored(terminal);
    }

    [Fact]
    public async Task A_terminal_that_cannot_be_drawn_on_gets_the_dialogue_line_by_line()
    {
        using Tmux terminal = new(80, 24);
        terminal.Enter("TERM=dumb $SPUD chat");
        await terminal.Shows("twice ends.");
        Assert.DoesNotContain("F1", terminal.Screen);
        terminal.Press("C-d");
        await IsRestored(terminal);
    }

    [Theory]
    [InlineData("C-d")]
    [InlineData("TERM")]
    [InlineData("C-c")]
    public async Task The_dialogue_line_by_line_gives_the_terminal_back(string end)
    {
        using Tmux terminal = new(80, 24);
        terminal.Enter("$SPUD chat --plain --no-save");
        await terminal.Shows("twice ends.\n>");
        if (end == "TERM")
        {
            using System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{terminal.Program}"]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        else
        {
            terminal.Press(end);
            if (end == "C-c")
            {
                await terminal.Shows("again ends");
                terminal.Press(end);
            }
        }

        await IsRestored(terminal);
        if (end == "TERM")
            Assert.DoesNotContain("again ends", terminal.Screen);
    }

    // Echo on, lines edited by the terminal, the screen before, no mouse reports, a cursor.
    private static async Task IsRestored(Tmux terminal)
    {
        await terminal.Ended();
        terminal.Enter("stty -a; echo do''ne");
        string screen = await terminal.Shows("done");
        Assert.Contains(" echo ", screen);
        Assert.Contains(" icanon", screen);
        Assert.DoesNotContain("F1", screen);
        Assert.Equal("0 0 1 0 0", terminal.Modes);
    }
}
