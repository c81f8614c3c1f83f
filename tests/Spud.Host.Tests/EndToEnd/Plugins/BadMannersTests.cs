using System.Diagnostics;

namespace Spud.Host.Tests.EndToEnd.Plugins;

/// <summary>A component that prints, hangs, starts threads, or throws what cannot be read.</summary>
public sealed class BadMannersTests : IDisposable
{
    private static readonly string s_mixture = TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf");
    private readonly OddHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void What_a_plugin_prints_does_not_spoil_json_and_reaches_no_terminal_unescaped()
    {
        _home.Behave("route prints");
        Outcome outcome = Run().Succeeded();
        Assert.Equal("length", outcome.Json.GetProperty("finish").GetString());
        Assert.Contains("{ a plugin's own line", outcome.Error);
        Assert.Contains("\\u001b[2Jcleared", outcome.Error);
    }

    [Fact]
    public void What_native_code_of_a_plugin_prints_does_not_spoil_json()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere native output is not told from ours");
        _home.Behave("route prints from native code");
        Outcome outcome = Run().Succeeded();
        Assert.Equal("length", outcome.Json.GetProperty("finish").GetString());
        Assert.Contains("{ a native line", outcome.Error);
        // Into a file, too, and without standard error.
        string line = string.Join(' ', s_run.Select(word => $"'{word}'"));
        Outcome file = EndToEnd.Spud.Shell($"\"$SPUD\" {line} --plugins '{_home.Source}' 2>&- > '{_home.Beside("out")}'; cat '{_home.Beside("out")}'").Succeeded();
        Assert.Equal("length", file.Json.GetProperty("finish").GetString());
    }

    [Fact]
    public void Standard_output_under_its_path_is_still_standard_output()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/stdout");
        string scores = $"\"$SPUD\" score -m '{EndToEnd.Spud.Stories}' -f '{_home.Beside("text")}' --logits";
        File.WriteAllText(_home.Beside("text"), "Once upon a time");
        EndToEnd.Spud.Shell($"{scores} '{_home.Beside("logits")}'").Succeeded();
        Outcome piped = EndToEnd.Spud.Shell($"{scores} /dev/stdout --json | head -c {new FileInfo(_home.Beside("logits")).Length}").Succeeded();
        Assert.Equal(File.ReadAllBytes(_home.Beside("logits")), piped.OutputBytes);
    }

    [Theory]
    [InlineData("route throws a trap", "(its message cannot be read)")]
    [InlineData("route throws silence", "(no message)")]
    public void An_exception_whose_message_cannot_be_read_ends_the_request_with_one_error(string behaviour, string words)
    {
        _home.Behave(behaviour);
        Run().Refused(1, "router 'odd/odd' failed in layer 0", words);
    }

    [Fact]
    public void An_interactive_chat_survives_an_exception_of_a_plugin_and_answers_the_next_message()
    {
        _home.Behave("route fails once");
        string model = _home.Beside("model.gguf");
        File.WriteAllBytes(model, EditedModel.With(s_mixture, ("tokenizer.chat_template", "{{ messages[-1].content }}")));
        using Terminal terminal = new(_home.Home, "chat", "--plain", "-m", model, "--plugins", _home.Source, "--set", "router=odd", "--max-tokens", "4", "--temperature", "0");
        terminal.WaitFor("> ");
        terminal.Type("Once\r");
        terminal.WaitFor("the first call was told to. The message was not added to the conversation");
        terminal.WaitFor("> ");
        terminal.Type("Twice\r");
        terminal.WaitFor("first token after");
        terminal.WaitFor("> ");
        terminal.Type("\u0004");
        Assert.Equal(0, terminal.End());
    }

    [Fact]
    public void A_thread_that_a_plugin_leaves_behind_does_not_keep_the_process()
    {
        _home.Behave("route starts a thread");
        Run().Succeeded();
    }

    [Fact]
    public void A_component_that_hangs_does_not_survive_sigterm()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        _home.Behave("route hangs");
        Process process = EndToEnd.Spud.Start(EndToEnd.Spud.Program, [.. s_run, "--plugins", _home.Source], _home.Home);
        // It hangs soon after the plugin is loaded; a signal before that ends the process at once, which is right too.
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{process.Id}/maps").Contains("Odd.dll", StringComparison.Ordinal), TimeSpan.FromMinutes(3)));
        process.WaitForExit(TimeSpan.FromSeconds(2));
        Assert.False(process.HasExited);
        EndToEnd.Spud.Signal(process, "TERM");
        Assert.Equal(130, EndToEnd.Spud.Finish(process, []).ExitCode);
    }

    private static readonly string[] s_run = ["run", "--raw", "-m", s_mixture, "--set", "router=odd", "--max-tokens", "2", "--temperature", "0", "--json", "Once"];

    private Outcome Run() => EndToEnd.Spud.RunAt(_home.Home, [.. s_run, "--plugins", _home.Source]);
}
