using System.Diagnostics;
using System.Text;

namespace Spud.Server.Tests.Clients;

/// <summary>A process of <c>spud serve</c>.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly TempFolder _home;
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningServer(Process process, TempFolder home)
    {
        (_process, _home) = (process, home);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The program that starts it.</summary>
    public static string Program => System.IO.Path.Combine(TestData.OutputOf("Spud.Host"), OperatingSystem.IsWindows() ? "Spud.Host.exe" : "Spud.Host");

    /// <summary>Where it listens.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>What it has written to standard error.</summary>
    public string Error
    {
        get
        {
            lock (_error)
                return $"{_error}";
        }
    }

    /// <summary>Starts it, as a user without settings.</summary>
    public static RunningServer Start(params string[] arguments)
    {
        TempFolder home = new();
        ProcessStartInfo start = new(Program, ["serve", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string variable in (string[])["HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"])
            start.Environment[variable] = home.Path;

        return new(Process.Start(start)!, home);
    }

    /// <summary>Waits until it answers.</summary>
    public async Task UntilReadyAsync()
    {
        Task ended = _process.WaitForExitAsync();
        await Task.WhenAny(_listening.Task, ended).WaitAsync(s_patience);
        Assert.True(_listening.Task.IsCompleted, $"it ended: {Error}");
        using HttpClient client = new() { BaseAddress = Address };
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage health = await client.GetAsync(new Uri("/health", UriKind.Relative));
            if (health.IsSuccessStatusCode)
                return;

            Assert.True(Stopwatch.GetElapsedTime(begun) < s_patience, $"after minutes: {health.StatusCode}; {Error}");
            await Task.Delay(20);
        }
    }

    /// <summary>Sends it a signal, such as TERM.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
        _process.Dispose();
        _home.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;

        lock (_error)
            _error.AppendLine(line);
        if (line.StartsWith("listening on ", StringComparison.Ordinal))
            _listening.TrySetResult(new(line["listening on ".Length..]));
    }
}
