using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginProbeTests : IDisposable
{
    private static readonly PluginCatalogOptions s_child = new()
    {
        ProbeCommand = new(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [Path.Combine(TestData.Built("ProbeHost"), "ProbeHost.dll"), "probe-plugin"]),
        CallTimeout = TimeSpan.FromSeconds(60), // a busy machine is not a hanging probe
    };

    private readonly PluginFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Theory]
    [InlineData("probe says no", "needs a potato peeler. Install one.")]
    [InlineData("probe says nothing", "its probe failed without a reason. Ask its author.")]
    public void A_plugin_that_cannot_run_here_is_unavailable_for_its_own_reason(string behaviour, string reason)
    {
        PluginStatus status = PluginCatalog.Check(_folders.Add("Odd", behaviour: behaviour));

        Assert.Equal((PluginState.Unavailable, reason), (status.State, status.Reason));
    }

    [Fact]
    public void A_probe_that_hangs_is_named()
    {
        PluginStatus status = PluginCatalog.Check(_folders.Add("Odd", behaviour: "probe hangs"), new PluginCatalogOptions { CallTimeout = TimeSpan.FromSeconds(0.2) });

        Assert.Equal(PluginState.Faulty, status.State);
        Assert.StartsWith("Odd.OddPlugin.Probe did not return within 0.2 s. ", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_has_ten_seconds() => Assert.Equal(TimeSpan.FromSeconds(10), new PluginCatalogOptions().CallTimeout);

    [Fact]
    public void A_probe_that_crashes_ends_its_own_process_only()
    {
        PluginStatus status = PluginCatalog.Check(MayCrash("probe crashes"), s_child);

        Assert.Equal(PluginState.Unavailable, status.State);
        Assert.StartsWith(OperatingSystem.IsWindows() ? "its probe crashed (exit code 0x" : "its probe crashed (signal 6, aborted) and said: ", status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", PluginState.Active, null)]
    [InlineData("probe talks", PluginState.Active, null)]
    [InlineData("probe says no", PluginState.Unavailable, "needs a potato peeler. Install one.")]
    [InlineData("probe throws", PluginState.Faulty, "Odd.OddPlugin.Probe threw NotSupportedException: the probe was told to.")]
    public void A_childs_verdict_is_the_plugins(string behaviour, PluginState state, string? reason)
    {
        PluginStatus status = PluginCatalog.Check(MayCrash(behaviour), s_child);

        Assert.Equal((state, reason), (status.State, status.Reason));
    }

    [Fact]
    public void A_child_that_hangs_is_ended_and_named()
    {
        PluginStatus status = PluginCatalog.Check(MayCrash("probe hangs"), new PluginCatalogOptions { ProbeCommand = s_child.ProbeCommand, CallTimeout = TimeSpan.FromSeconds(1) });

        Assert.Equal(PluginState.Faulty, status.State);
        Assert.StartsWith("its probe did not return within 1 s. ", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_that_may_crash_is_not_run_in_a_program_without_a_child()
    {
        string folder = MayCrash("probe crashes");

        PluginStatus none = PluginCatalog.Check(folder), absent = PluginCatalog.Check(folder, new PluginCatalogOptions { ProbeCommand = new("/no/such/program", []) });

        Assert.Equal(
            (PluginState.Unavailable, "its probe must run in a child process, and this program names none. Set PluginCatalogOptions.ProbeCommand."),
            (none.State, none.Reason));
        Assert.Equal(PluginState.Unavailable, absent.State);
        Assert.StartsWith("its probe must run in a child process, and '/no/such/program' cannot be started: ", absent.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "exit code 1")]
    [InlineData(139, "signal 11, segmentation fault")]
    [InlineData(143, "signal 15")]
    public void The_end_of_a_child_is_told_in_words(int exitCode, string words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has exit codes only");
        Assert.Equal(words, ProbeProcess.Ending(exitCode));
    }

    private string MayCrash(string behaviour) => _folders.Add("Odd", behaviour: behaviour, edits: [("\"components\"", "\"probeMayCrash\": true, \"components\"")]);
}
