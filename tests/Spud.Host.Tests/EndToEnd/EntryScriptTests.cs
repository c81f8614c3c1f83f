using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>The start script, with a dotnet and a host that only say that they were called.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EntryScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public EntryScriptTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_dotnet_the_script_says_what_to_install() =>
        Spud.Shell("PATH=/nowhere ./spud --version").Refused(1, ".NET 10 SDK", "https://");

    [Fact]
    public void A_first_build_is_announced_without_a_terminal_too()
    {
        Outcome outcome = Start("--version", built: false).Succeeded();
        Assert.Contains("note: building Spud", outcome.Error);
        Assert.Equal("host --version\n", outcome.Output);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_and_is_not_built_is_one_error_with_advice() =>
        Start("--version", built: false, writable: false).Refused(1, "Spud is not built", "cannot be written", "copy the folder");

    [Fact]
    public void A_folder_that_cannot_be_written_runs_the_build_that_is_there()
    {
        Outcome outcome = Start("--version", built: true, writable: false).Succeeded();
        Assert.Equal("host --version\n", outcome.Output);
        Assert.Contains("note: sources are newer", outcome.Error);
    }

    [Fact]
    public void Setup_explains_itself_and_names_what_it_knows()
    {
        Assert.Contains("usage: ./spud setup NAME", Start("setup --help", built: true).Succeeded().Output);
        Assert.Contains("Known: plain.", Start("setup odd", built: true).Error);
        Assert.Contains("setup", Spud.Run("--help").Succeeded().Output);
    }

    [Fact]
    public void A_signal_while_it_builds_ends_the_build_too()
    {
        Prepare(built: false, writable: true, dotnet: "echo $$ > \"$ROOT/building\"\nexec sleep 600");
        Process script = Spud.Start("/bin/sh", ["-c", $"PATH=\"{_folder.Path}/bin:$PATH\" ROOT=\"{_folder.Path}\" exec \"{_folder.Path}/spud\" --version"]);
        string file = _folder.File("building");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(file) && File.ReadAllText(file).Length > 1, TimeSpan.FromMinutes(3)));
        using Process build = Process.GetProcessById(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
        Spud.Signal(script, "TERM");
        Assert.Equal(130, Spud.Finish(script, []).ExitCode);
        Assert.True(build.WaitForExit(TimeSpan.FromMinutes(3)), "the build goes on");
    }

    private Outcome Start(string arguments, bool built, bool writable = true)
    {
        Prepare(built, writable, "exit 0");
        return Spud.Shell($"PATH=\"{_folder.Path}/bin:$PATH\" \"{_folder.Path}/spud\" {arguments}");
    }

    private void Prepare(bool built, bool writable, string dotnet)
    {
        string host = Path.Combine(_folder.Path, "Spud.Host", "bin", "Release", "net10.0", "Spud.Host");
        string makesHost = $"mkdir -p \"{Path.GetDirectoryName(host)}\"; printf '#!/bin/sh\\necho host \"$@\"\\n' > \"{host}\"; chmod +x \"{host}\"";
        File.Copy(Path.Combine(TestData.Root, "spud"), _folder.File("spud"), overwrite: true);
        Script("bin/dotnet", $"{(dotnet == "exit 0" ? makesHost : "")}\n{dotnet}");
        Script("plugins/Backend.Plain/setup.sh", "exit 0");
        if (built)
            Spud.Shell(makesHost).Succeeded();
        // Root may write in every folder, but not below a file.
        if (!writable)
            File.WriteAllText(_folder.File(".cache"), "");
    }

    private void Script(string name, string content)
    {
        string path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{content}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
