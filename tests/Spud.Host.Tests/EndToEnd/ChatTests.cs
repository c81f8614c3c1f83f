using System.Diagnostics;
using System.Text;

namespace Spud.Host.Tests.EndToEnd;

public sealed class ChatTests
{
    private static readonly string[] s_brief = ["chat", "--max-tokens", "4", "--temperature", "0"];

    [Fact]
    public void Lines_of_a_pipe_are_answered_until_it_ends_or_says_exit()
    {
        Outcome outcome = Spud.Run("Hello\r\n\nAnd you?\n/exit\nNever asked\n"u8.ToArray(), s_brief).Succeeded();
        Assert.Equal(2, outcome.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void The_dialogue_is_remembered_until_it_is_reset()
    {
        string[] line = ["chat", "--max-tokens", "12", "--temperature", "0", "--stop", "\n"];
        string[] lines = Spud.Run("What is 2+2?\nWhy?\n/reset\nWhy?\n"u8.ToArray(), line).Succeeded().Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.NotEqual(lines[1], lines[2]);
    }

    [Fact]
    public void A_dialogue_longer_than_the_context_ends_a_script_with_an_error() =>
        Spud.Run(Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Repeat("word", 100)) + "\n"), ["chat", "--ctx", "64"]).Refused(2, "context of 64");

    [Fact]
    public void An_interrupt_stops_the_answer_and_not_the_dialogue()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs POSIX signals");

        Process process = Spud.Start(Spud.Program, ["chat", "--max-tokens", "8000", "--seed", "1"]);
        process.StandardInput.Write("Write a long story about a dog.\n");
        process.StandardInput.Flush();
        process.StandardOutput.Read();
        Spud.Signal(process, "INT");
        string? rest = Spud.ReadLine(process);
        Outcome outcome = Spud.Finish(process, "/exit\n"u8.ToArray());
        Assert.NotNull(rest);
        Assert.Equal(0, outcome.ExitCode);
        // The whole answer has several times as many characters.
        Assert.InRange(rest.Length + outcome.Output.Length, 0, 4_000);
    }

    [Fact]
    public void A_model_without_a_template_cannot_chat() => Spud.Run("chat", "-m", Spud.Stories).Refused(2, "no chat template");

    [Fact]
    public void Commands_of_the_session_work_in_a_pipe()
    {
        Outcome outcome = Spud.Run("Hello\n/set cache.format=bf16\n/retry\n/undo\n/show\n/bye\nNever asked\n"u8.ToArray(), [.. s_brief, "-m", Spud.Stories, "--chat-template", "chatml", "--stop", "\n"]).Succeeded();
        Assert.Equal(2, outcome.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("options format=bf16", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_that_cannot_be_built_fails_a_script_which_goes_on_with_the_old_one()
    {
        Outcome outcome = Spud.Run("/model nowhere.gguf\nHello\n"u8.ToArray(), [.. s_brief, "-m", Spud.Stories, "--chat-template", "chatml"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.NotEmpty(outcome.Output);
        Assert.Contains("nowhere.gguf", outcome.Error, StringComparison.Ordinal);
    }
}
