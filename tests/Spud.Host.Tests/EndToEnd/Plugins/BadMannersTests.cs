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

    [Theory]
    [InlineData("route throws a trap", "(its message cannot be read)")]
    [InlineData("route throws silence", "(no message)")]
    public void An_exception_whose_message_cannot_be_read_ends_the_request_with_one_error(string behaviour, string words)
    {
        _home.Behave(behaviour);
        Run().Refused(1, "router 'odd/odd' failed in layer 0", words);
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
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        _home.Behave("route hangs");
        Process process = EndToEnd.Spud.Start(EndToEnd.Spud.Program, [.. s_run, "--plugins", _home.Source], _home.Home);
        // It hangs as soon as the model is loaded; a signal before that ends the process at once, which is right too.
        process.WaitForExit(TimeSpan.FromSeconds(3));
        Assert.False(process.HasExited);
        EndToEnd.Spud.Signal(process, "TERM");
        Assert.Equal(130, EndToEnd.Spud.Finish(process, []).ExitCode);
    }

    private static readonly string[] s_run = ["run", "--raw", "-m", s_mixture, "--set", "router=odd", "--max-tokens", "2", "--temperature", "0", "--json", "Once"];

    private Outcome Run() => EndToEnd.Spud.RunAt(_home.Home, [.. s_run, "--plugins", _home.Source]);
}
