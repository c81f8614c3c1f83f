using System.Diagnostics;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>What a command loads: the libraries of the screen and of accounts cost its start nothing.</summary>
public sealed class LoadedAssembliesTests
{
    [Fact]
    public void Run_loads_nothing_of_the_screen_and_of_accounts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        using Process process = Spud.Start(Spud.Program, ["run", "--raw", "--max-tokens", "8000", "Once upon a time"]);
        Assert.NotEqual(-1, process.StandardOutput.Read());
        string[] loaded = [.. File.ReadLines($"/proc/{process.Id}/maps").Select(line => Path.GetFileName(line.Split(' ', 6)[^1].Trim())).Where(file => file.EndsWith(".dll", StringComparison.Ordinal)).Distinct()];
        process.Kill();

        Assert.Contains("Spud.Engine.dll", loaded);
        Assert.DoesNotContain(loaded, file => file is "Spud.Accounts.dll" or "Npgsql.dll" or "Microsoft.Data.Sqlite.dll");
        Assert.DoesNotContain(loaded, file => file.StartsWith("Terminal.Gui", StringComparison.Ordinal) || file.StartsWith("TextMate", StringComparison.Ordinal) || file is "Markdig.dll" or "Wcwidth.dll");
    }
}
