using System.Diagnostics;
using System.Text;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>The program at a terminal: a pseudo-terminal of util-linux's script(1), on which a person types.</summary>
internal sealed class Terminal : IDisposable
{
    private const string Script = "/usr/bin/script";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _script;
    private readonly StringBuilder _screen = new();
    private int _seen;

    /// <summary>Starts a command line, or skips the test where there is no pseudo-terminal.</summary>
    public Terminal(string home, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Script), "needs script(1)");
        string line = string.Join(' ', arguments.Prepend(Spud.Program).Select(word => $"'{word}'"));
        _script = Spud.Start(Script, ["-qec", line, "/dev/null"], home);
        new Thread(Read) { IsBackground = true }.Start();
    }

    /// <summary>Types text; "\r" is Enter.</summary>
    public void Type(string keys)
    {
        _script.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    /// <summary>Waits until the screen shows some words, after those that it was last waited for.</summary>
    public void WaitFor(string words)
    {
        Assert.True(SpinWait.SpinUntil(() => Shows(words), s_patience), $"expected '{words}', got: {_screen}");
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public int End()
    {
        Assert.True(_script.WaitForExit(s_patience), $"still running: {_screen}");
        return _script.ExitCode;
    }

    public void Dispose()
    {
        if (!_script.HasExited)
            _script.Kill(entireProcessTree: true);

        _script.Dispose();
    }

    private bool Shows(string words)
    {
        Thread.Sleep(10);
        lock (_screen)
        {
            int at = _screen.ToString().IndexOf(words, _seen, StringComparison.Ordinal);
            if (at >= 0)
                _seen = at + words.Length;

            return at >= 0;
        }
    }

    private void Read()
    {
        char[] some = new char[1024];
        while (_script.StandardOutput.Read(some) is > 0 and int count)
        {
            lock (_screen)
                _screen.Append(some, 0, count);
        }
    }
}
