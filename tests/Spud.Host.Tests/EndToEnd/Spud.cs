using System.Diagnostics;
using System.Text;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>The built host as a child process, as a user starts it.</summary>
internal static class Spud
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The program.</summary>
    public static string Program
    {
        get
        {
            string path = Path.Combine(TestData.OutputOf("Spud.Host"), "Spud.Host");
            return OperatingSystem.IsWindows() ? path + ".exe" : path;
        }
    }

    /// <summary>The 260 thousand parameters of stories260K, which has no chat template and a context of 512.</summary>
    public static string Stories => TestData.Path("stories260K/stories260K-f32.gguf");

    /// <summary>A file that is not UTF-8: its sixth byte is wrong.</summary>
    public static byte[] NotUtf8 => [.. "Hello"u8, 0xff, .. " world"u8];

    /// <summary>Runs a command line to its end.</summary>
    public static Outcome Run(params string[] arguments) => Run([], arguments);

    /// <summary>Runs a command line with some standard input.</summary>
    public static Outcome Run(byte[] input, string[] arguments) => Finish(Start(Program, arguments), input);

    /// <summary>Runs a line of the shell in which $SPUD is the program.</summary>
    public static Outcome Shell(string line)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs a POSIX shell");

        return Finish(Start("/bin/sh", ["-c", line]), []);
    }

    /// <summary>Runs a command line as a user with another home.</summary>
    public static Outcome RunAt(string home, params string[] arguments) => Finish(Start(Program, arguments, home), []);

    /// <summary>Starts a command line.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, string? home = null)
    {
        if (IgnoresInterrupts)
            (program, arguments) = ("/usr/bin/env", ["--default-signal=INT", program, .. arguments]);

        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            WorkingDirectory = TestData.Root,
        };
        start.Environment["SPUD"] = Program;
        foreach (string variable in home is null ? [] : new[] { "HOME", "USERPROFILE", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA" })
            start.Environment[variable] = home;
        // A locale that is not UTF-8 changes nothing.
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }

    // A shell without job control starts what runs in its background so, child processes inherit it, and a program respects it: tests that
    // interrupt a child would wait for its end.
    private static bool IgnoresInterrupts { get; } = OperatingSystem.IsLinux()
        && File.ReadLines("/proc/self/status").Where(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Any(static line => (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0);

    /// <summary>Reads a line of the output, but does not wait for it forever.</summary>
    public static string? ReadLine(Process process)
    {
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        if (!line.Wait(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"no line came within {Patience}");
        }

        return line.Result;
    }

    /// <summary>Sends a signal of a POSIX system.</summary>
    public static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        Assert.True(kill.WaitForExit(Patience), "kill did not end");
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end.</summary>
    public static Outcome Finish(Process process, byte[] input)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            try
            {
                process.StandardInput.BaseStream.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read everything: what it said is what the test is about.
            }

            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"did not end within {Patience}");
            }

            return new(process.ExitCode, Encoding.Latin1.GetBytes(output.Result), errors.Result);
        }
    }
}
