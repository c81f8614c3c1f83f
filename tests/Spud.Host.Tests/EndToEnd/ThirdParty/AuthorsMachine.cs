using System.Diagnostics;

namespace Spud.Host.Tests.EndToEnd.ThirdParty;

/// <summary>
/// The machine of somebody who writes a plugin: a home of its own, in which the whole tutorial has been carried out. NuGet's packages come
/// from this machine's cache where they are there, but never ours, of which a cache may hold older ones.
/// </summary>
public sealed class AuthorsMachine : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(8);
    private readonly TempFolder _folder = new();

    public AuthorsMachine()
    {
        if (OperatingSystem.IsWindows())
            return;

        Directory.CreateDirectory(Home);
        LendPackages();
        LendSources();
        File.WriteAllText(_folder.File("tutorial.sh"), ReadTutorial().Script);
        (ExitCode, Log) = Run();
    }

    /// <summary>The author's home.</summary>
    public string Home => _folder.File("home");

    /// <summary>What the tutorial's commands printed.</summary>
    public string Log { get; } = "";

    /// <summary>Of the first command that failed, or 0.</summary>
    public int ExitCode { get; }

    /// <summary>The tutorial, without the command that would build what is being tested.</summary>
    internal static Tutorial ReadTutorial() => Tutorial.Read("writing-a-plugin.md", static command => command == $"alias spud={TestData.Root}/spud");

    public void Dispose() => _folder.Dispose();

    private static string UserHome => TestHome.OfUser;

    private void LendPackages()
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named ? named : Path.Combine(UserHome, ".nuget", "packages");
        DirectoryInfo lent = Directory.CreateDirectory(_folder.File("lent"));
        foreach (string package in Directory.Exists(cache) ? Directory.GetDirectories(cache) : [])
        {
            if (!Path.GetFileName(package).StartsWith("spud.", StringComparison.Ordinal))
                Directory.CreateSymbolicLink(Path.Combine(lent.FullName, Path.GetFileName(package)), package);
        }
    }

    private void LendSources()
    {
        string config = Path.Combine(".nuget", "NuGet", "NuGet.Config");
        if (!File.Exists(Path.Combine(UserHome, config)))
            return;

        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Home, config))!);
        File.Copy(Path.Combine(UserHome, config), Path.Combine(Home, config));
    }

    private (int ExitCode, string Log) Run()
    {
        // Into a file: the compiler's server outlives its builds and would hold a pipe open.
        ProcessStartInfo start = new("/bin/sh", ["-c", "sh ./tutorial.sh > log 2>&1 < /dev/null"]) { WorkingDirectory = _folder.Path };
        start.Environment["SPUD"] = Spud.Program;
        start.Environment["HOME"] = start.Environment["XDG_DATA_HOME"] = Home;
        start.Environment["NUGET_PACKAGES"] = _folder.File("packages");
        start.Environment["NUGET_FALLBACK_PACKAGES"] = _folder.File("lent");
        start.Environment["MSBUILDDISABLENODEREUSE"] = start.Environment["DOTNET_NOLOGO"] = start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        using Process process = Process.Start(start)!;
        if (process.WaitForExit(s_patience))
            return (process.ExitCode, File.ReadAllText(_folder.File("log")));

        process.Kill(entireProcessTree: true);
        return (-1, $"{File.ReadAllText(_folder.File("log"))}\ndid not end within {s_patience}");
    }
}
