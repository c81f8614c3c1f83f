using System.Diagnostics;
using System.Text;
using Xunit;

namespace Attention.Ring.Tests.Mpi;

/// <summary>Runs programs under mpirun. Without Open MPI the test is skipped, unless it can be installed here.</summary>
internal sealed class MpiJob : IDisposable
{
    private static readonly string[] s_always = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"];
    private static readonly Lazy<bool> s_isReady = new(static () => IsReady() || Install() && IsReady());
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5); // of a job that hangs
    private readonly Process _process;
    private readonly ManualResetEventSlim _hasOutput = new();
    private readonly Task<string> _output, _error;
    private volatile bool _isSilent;

    private MpiJob(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["TERM"] = "dumb";
        start.Environment["DOTNET_gcServer"] = "0";
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        (_output, _error) = (Task.Run(ReadOutput), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>The program of these tests.</summary>
    public static string Tests { get; } = Path.Combine(AppContext.BaseDirectory, "Attention.Ring.Tests");

    /// <summary>Spud.</summary>
    public static string Spud { get; } = Path.Combine(TestData.OutputOf("Spud.Host"), "Spud.Host");

    /// <summary>Starts a job.</summary>
    /// <param name="ranks">How many processes.</param>
    /// <param name="command">Program and arguments, and perhaps more behind ":", as mpirun has it.</param>
    public static MpiJob Start(int ranks, params string[] command)
    {
        if (!s_isReady.Value)
            Assert.Skip("needs Open MPI: run ./spud setup ring");

        return new("mpirun", [.. s_always, "-n", $"{ranks}", .. command]);
    }

    /// <summary>Starts any program that runs a job.</summary>
    public static MpiJob StartScript(string script, params string[] arguments)
    {
        if (!s_isReady.Value)
            Assert.Skip("needs Open MPI: run ./spud setup ring");

        return new("/bin/bash", [Path.Combine(AppContext.BaseDirectory, "Mpi", script), .. arguments]);
    }

    /// <summary>Waits until the job has written something.</summary>
    public void WaitForOutput()
    {
        Assert.True(_hasOutput.Wait(s_patience), "the job wrote nothing");
        Assert.True(!_isSilent, $"the job ended before it wrote anything: {(_isSilent ? _error.Result : "")}");
    }

    /// <summary>The processes with a word in their command line, by rank.</summary>
    public static int[] ProcessesWith(string word) =>
    [
        .. Directory.GetDirectories("/proc").Select(static folder => int.TryParse(Path.GetFileName(folder), out int id) ? id : 0)
            .Where(id => id > 0 && Rank(id) is not null && CommandOf(id).Contains(word, StringComparison.Ordinal)).OrderBy(Rank),
    ];

    /// <summary>Waits for the end.</summary>
    public (int Code, string Output, string Error) End()
    {
        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"the job did not end within {s_patience}: {_output.Result}{_error.Result}");
        }

        return (_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        _process.Dispose();
        _hasOutput.Dispose();
    }

    private string ReadOutput()
    {
        StringBuilder text = new();
        for (int next; (next = _process.StandardOutput.Read()) >= 0;)
        {
            text.Append((char)next);
            _hasOutput.Set();
        }

        _isSilent = text.Length == 0;
        _hasOutput.Set();
        return text.ToString();
    }

    private static string? Rank(int process)
    {
        try
        {
            const string Name = "OMPI_COMM_WORLD_RANK=";
            return File.ReadAllText($"/proc/{process}/environ").Split('\0').FirstOrDefault(static entry => entry.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static bool IsReady()
    {
        try
        {
            using Process probe = Process.Start(new ProcessStartInfo("mpirun", ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static bool Install()
    {
        if (Environment.UserName != "root")
            return false;

        using Process setup = Process.Start(new ProcessStartInfo(Path.Combine(TestData.Root, "plugins", "Attention.Ring", "setup.sh"), ["--yes"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        setup.StandardOutput.ReadToEnd();
        setup.WaitForExit();
        return setup.ExitCode == 0;
    }
}
