using System.Diagnostics;

namespace Spud.Host.Tests.EndToEnd.OnTerminal;

/// <summary>A real terminal, with a shell in it; tests that need one are skipped out loud where there is none.</summary>
internal sealed class Tmux : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string _socket = $"spud-test-{Guid.NewGuid():n}";
    private readonly string _program;

    public Tmux(int columns, int rows)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "tmux")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "needs a terminal: apt-get install tmux");
        _program = program!;
        Do("-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "env", "PS1=$ ", "LC_ALL=C.UTF-8", "HISTFILE=", "sh");
        Do("set-option", "-g", "status", "off");
    }

    /// <summary>What is on the screen.</summary>
    public string Screen => Do("capture-pane", "-p");

    /// <summary>Whether the screen in sight is a program's own, whether it is told of the mouse, whether there is a cursor, and whether arrows and the
    /// keypad send other sequences than usual: 0 or 1 each.</summary>
    public string Modes => Do("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_cursor_flag} #{keypad_flag}").Trim();

    /// <summary>The process in the terminal that is not the shell; null: the shell is alone.</summary>
    public int? Program => int.TryParse(Ask("pgrep", "-P", Do("display-message", "-p", "#{pane_pid}").Trim()).Trim(), out int process) ? process : null;

    /// <summary>Types a text.</summary>
    public void Type(string text) => Do("send-keys", "-l", text);

    /// <summary>Presses keys, such as Enter or C-c.</summary>
    public void Press(params string[] keys) => Do(["send-keys", .. keys]);

    /// <summary>Types a line and Enter.</summary>
    public void Enter(string line)
    {
        Type(line);
        Press("Enter");
    }

    /// <summary>Pastes a text as terminals do.</summary>
    public void Paste(string text)
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "paste");
        File.WriteAllText(file, text);
        Do("load-buffer", file);
        Do("paste-buffer", "-p");
    }

    public void Resize(int columns, int rows) => Do("resize-window", "-x", $"{columns}", "-y", $"{rows}");

    /// <summary>Waits until the screen shows a text.</summary>
    public async Task<string> Shows(string text)
    {
        await Until(() => Screen.Contains(text, StringComparison.Ordinal), text);
        return Screen;
    }

    /// <summary>Waits until the program has ended.</summary>
    public Task Ended() => Until(() => Program is null, "the end of the program");

    private async Task Until(Func<bool> condition, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > s_patience)
                Assert.Fail($"'{what}' did not come within {s_patience}. On the screen:\n{Screen}");

            await Task.Delay(50);
        }
    }

    public void Dispose() => Do("kill-server");

    private string Do(params string[] arguments) => Ask(_program, ["-L", _socket, .. arguments]);

    private static string Ask(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = TestData.Root };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["SPUD"] = Spud.Program;
        start.Environment.Remove("TMUX");
        start.Environment.Remove("DisableRealDriverIO"); // of the tests without a terminal
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
