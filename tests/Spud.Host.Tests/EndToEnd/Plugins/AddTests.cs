using System.Runtime.Versioning;
using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd.Plugins;

public sealed class AddTests : IDisposable
{
    private readonly OddHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_plugin_is_installed_from_its_folder_or_its_package_used_and_removed(bool package)
    {
        string source = package ? _home.Pack("spud-plugin/data/two%20words.txt") : _home.Source;

        Outcome added = _home.Spud("add", source).Succeeded();

        Assert.StartsWith($"added odd 0.1.0: active\n  router 'odd'\n  {_home.Installed}\n", added.Output);
        Assert.Contains("full-trust code", added.Error);
        Assert.Equal(["odd"], _home.InFolder);
        Assert.Equal(package, File.Exists(Path.Combine(_home.Installed, "data", "two words.txt")));
        Assert.Contains("odd 0.1.0: active", _home.Spud().Succeeded().Output);

        Assert.Equal($"removed odd 0.1.0 from {_home.Plugins}\n", _home.Spud("remove", "odd").Succeeded().Output);
        Assert.Empty(_home.InFolder);
        Assert.DoesNotContain("odd", _home.Spud().Succeeded().Output);
    }

    [Fact]
    public void Another_version_is_installed_only_by_force()
    {
        _home.Spud("add", _home.Source).Succeeded();
        _home.Edit("\"version\": \"0.1.0\"", "\"version\": \"0.2.0\"");

        _home.Spud("add", _home.Source).Refused(2, "plugin 'odd' 0.1.0 is installed in", "Use --force to replace it with 0.2.0");
        Assert.Contains("odd 0.1.0", _home.Spud().Output);

        Assert.StartsWith("replaced 0.1.0 by odd 0.2.0: active", _home.Spud("add", _home.Source, "--force").Succeeded().Output);
        Assert.Contains("odd 0.2.0", _home.Spud().Output);
        Assert.Equal(["odd"], _home.InFolder);
    }

    [Fact]
    public void A_pipe_in_the_folder_is_refused_and_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo and the kernel's word about what a file is");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_home.Source, "pipe")]))
            make.WaitForExit();

        _home.Spud("add", _home.Source).Refused(2, "pipe: is neither a file nor a folder");
        Assert.Empty(_home.InFolder);
    }

    [Fact]
    public void Json_has_stable_names()
    {
        JsonElement added = _home.Spud("add", _home.Source, "--json").Succeeded().Json;
        Assert.Equal(["plugin", "replaced"], added.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("odd", "active", _home.Installed), (added.GetProperty("plugin").GetProperty("id").GetString(), added.GetProperty("plugin").GetProperty("status").GetString(), added.GetProperty("plugin").GetProperty("folder").GetString()));
        Assert.Equal("0.1.0", _home.Spud("add", _home.Source, "--json", "--force").Succeeded().Json.GetProperty("replaced").GetString());

        JsonElement removed = _home.Spud("remove", "odd", "--json").Succeeded().Json;
        Assert.Equal(["id", "version", "folder"], removed.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("probe says no", "needs a potato peeler. Install one.")]
    [InlineData("", "Run: spud setup odd")]
    public void A_plugin_that_lacks_something_here_is_installed_and_says_what(string behaviour, string reason)
    {
        _home.Behave(behaviour);
        if (behaviour.Length == 0)
            _home.Edit("\"components\"", "\"nativeLibraries\": [\"spud-absent\"], \"setup\": \"spud setup odd\", \"components\"");

        Outcome added = _home.Spud("add", _home.Source).Succeeded();

        Assert.StartsWith("added odd 0.1.0: unavailable\n", added.Output);
        Assert.Contains(reason, added.Output.ReplaceLineEndings(" ").Replace("   ", " "));
        Assert.DoesNotContain(".coming-", added.Output);
        Assert.Equal(["odd"], _home.InFolder);
    }

    [Theory]
    [InlineData("constructor throws", "faulty: the constructor of Odd.OddPlugin threw")]
    [InlineData("registers nothing", "faulty: spud-plugin.json offers router 'odd'")]
    public void A_plugin_that_cannot_be_loaded_is_not_installed(string behaviour, string reason)
    {
        _home.Behave(behaviour);
        _home.Spud("add", _home.Source).Refused(2, _home.Source, "not installed, plugin odd", reason);
        _home.Spud("add", _home.Pack()).Refused(2, "odd.nupkg", reason);
        Assert.Empty(_home.InFolder);
    }

    [Fact]
    public void A_manifest_of_another_contract_or_with_faults_is_refused_where_it_stands()
    {
        _home.Edit("[1.0,2.0)", "[7.0,8.0)");
        _home.Spud("add", _home.Source).Refused(2, "incompatible: made for contract [7.0,8.0)");
        _home.Edit("[7.0,8.0)", "[1.0,2.0)");
        _home.Edit("\"0.1.0\"", "7");
        _home.Spud("add", _home.Source).Refused(2, $"{_home.Source}/spud-plugin.json:3:", "$.version must be");
        Assert.Empty(_home.InFolder);
    }

    [Fact]
    public void An_id_that_comes_with_spud_is_refused()
    {
        _home.Edit("\"id\": \"odd\"", "\"id\": \"backend.cpu\"");
        _home.Spud("add", _home.Source, "--force").Refused(2, "a plugin 'backend.cpu' is already in", "Give this one another id");
        Assert.Empty(_home.InFolder);
    }

    [Fact]
    public void What_is_not_there_or_is_no_plugin_is_refused()
    {
        Directory.CreateDirectory(_home.Beside("empty"));
        File.WriteAllText(_home.Beside("text.nupkg"), "no package at all");
        File.WriteAllBytes(_home.Beside("half.nupkg"), File.ReadAllBytes(_home.Pack())[..20_000]);
        _home.Spud("add", _home.Beside("missing")).Refused(2, "no such folder or package", "missing");
        _home.Spud("add", _home.Beside("empty")).Refused(2, "empty: contains no spud-plugin.json");
        _home.Spud("add", _home.Beside("text.nupkg")).Refused(2, "text.nupkg: cannot be read as a package");
        _home.Spud("add", _home.Beside("half.nupkg")).Refused(2, "half.nupkg: cannot be read as a package");
        File.Delete(Path.Combine(_home.Source, "spud-plugin.json"));
        _home.Spud("add", _home.Pack()).Refused(2, "odd.nupkg: contains no plugin");
        Assert.Empty(_home.InFolder);
    }

    [Theory]
    [InlineData("spud-plugin/../../../evil.txt")]
    [InlineData("spud-plugin//evil.txt")]
    [InlineData("spud-plugin/%2e%2e/%2e%2e/evil.txt")]
    [InlineData("spud-plugin/..\\..\\evil.txt")]
    [InlineData("LINK spud-plugin/evil.txt")]
    [InlineData("spud-plugin/Odd.dll")]
    public void A_package_that_reaches_outside_or_repeats_a_name_is_refused(string entry)
    {
        _home.Spud("add", _home.Pack(entry)).Refused(2, "odd.nupkg");
        Assert.Empty(_home.InFolder);
        Assert.False(File.Exists(_home.Beside("evil.txt")) || File.Exists(Path.Combine(_home.Home, "evil.txt")) || File.Exists(Path.Combine(_home.Plugins, "evil.txt")));
    }

    [Fact]
    public void Links_inside_a_plugins_folder_are_followed_and_others_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the right to make symbolic links");
        File.CreateSymbolicLink(Path.Combine(_home.Source, "second.json"), "Odd.deps.json");
        _home.Spud("add", _home.Source).Succeeded();
        Assert.Null(new FileInfo(Path.Combine(_home.Installed, "second.json")).LinkTarget);

        File.CreateSymbolicLink(Path.Combine(_home.Source, "third.json"), "/etc/passwd");
        _home.Spud("add", _home.Source, "--force").Refused(2, "third.json: is a link to /etc/passwd");
        File.Delete(Path.Combine(_home.Source, "third.json"));
        File.CreateSymbolicLink(Path.Combine(_home.Source, "up"), "..");
        _home.Spud("add", _home.Source, "--force").Refused(2, "up: is a link to ..");
        Assert.True(File.Exists(Path.Combine(_home.Installed, "second.json")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_home_that_cannot_be_written_is_refused()
    {
        File.WriteAllText(Path.Combine(_home.Home, ".spud"), "a file in the place of the folder");
        _home.Spud("add", _home.Source).Refused(2, Path.Combine(".spud", "plugins"), "cannot be");
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root may write everywhere: run the tests as another user");
        File.Delete(Path.Combine(_home.Home, ".spud"));
        File.SetUnixFileMode(_home.Home, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _home.Spud("add", _home.Source).Refused(2, "cannot be written");
        File.SetUnixFileMode(_home.Home, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }

    [Fact]
    public void An_interrupted_installation_leaves_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX signals");
        _home.Behave("probe hangs");
        System.Diagnostics.Process add = EndToEnd.Spud.Start(EndToEnd.Spud.Program, ["plugins", "add", _home.Source], _home.Home);
        while (!_home.InFolder.Any(name => Directory.Exists(Path.Combine(_home.Plugins, name)) && File.Exists(Path.Combine(_home.Plugins, name, "spud-plugin.json"))))
            Assert.False(add.WaitForExit(10), "it ended by itself");
        EndToEnd.Spud.Signal(add, "KILL");
        EndToEnd.Spud.Finish(add, []);
        Assert.DoesNotContain("odd", _home.Spud().Output);

        _home.Behave("");
        _home.Spud("add", _home.Source).Succeeded();
        Assert.Equal(["odd"], _home.InFolder);
    }

    [Fact]
    public void Check_takes_a_package_too()
    {
        Outcome good = _home.Spud("check", _home.Pack());
        Assert.Equal((0, $"odd 0.1.0: active\n  router 'odd'\n  {_home.Beside("odd.nupkg")}\n"), (good.ExitCode, good.Output));
        _home.Behave("constructor throws");
        Outcome bad = _home.Spud("check", _home.Pack(), "--json");
        Assert.Equal((1, "faulty"), (bad.ExitCode, bad.Json.GetProperty("status").GetString()));
        Assert.Empty(_home.InFolder);
    }
}
