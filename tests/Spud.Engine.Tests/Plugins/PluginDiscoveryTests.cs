using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginDiscoveryTests : IDisposable
{
    private readonly PluginFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void Discovery_reads_manifests_and_loads_nothing()
    {
        string folder = _folders.Add("Odd");

        PluginStatus status = Assert.Single(_folders.Discover().Statuses);

        Assert.Equal(("odd", "0.1.0", folder, PluginState.Discovered), (status.Id, status.Version, status.Folder, status.State));
        Assert.Null(status.Reason);
        Assert.Equal(["odd"], status.Components["router"].AsEnumerable());
        Assert.Equal("odd: discovered", status.ToString());
        Assert.Empty(LoadedAssemblies.Below(folder));
    }

    [Fact]
    public void A_missing_search_folder_is_an_error_that_names_it_and_so_is_a_file()
    {
        string missing = Path.Combine(_folders.Path, "missing"), file = Path.Combine(_folders.Path, "file");
        File.WriteAllText(file, "");

        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => PluginCatalog.Discover([missing, file]));

        Assert.Equal(
            [
                $"{missing}: no such folder. A folder of plugins contains one folder per plugin, each with a spud-plugin.json.",
                $"{file}: no such folder. A folder of plugins contains one folder per plugin, each with a spud-plugin.json.",
            ],
            refused.Faults.Select(fault => fault.ToString()));
    }

    [Theory]
    [InlineData("[9.0,9.9)", "made for contract [9.0,9.9), this host has 1.1. Update Spud, or get an older version of the plugin.")]
    [InlineData("[1.2,1.3)", "made for contract [1.2,1.3), this host has 1.1. Update Spud, or get an older version of the plugin.")]
    [InlineData("[0.0,0.1)", "made for contract [0.0,0.1), this host has 1.1. Get a newer version of the plugin, or build it against this host's contract.")]
    public void A_plugin_for_another_contract_is_incompatible(string range, string reason)
    {
        _folders.Add("Odd", edits: [("[1.0,2.0)", range)]);

        PluginStatus status = Assert.Single(_folders.Discover().LoadAll());

        Assert.Equal((PluginState.Incompatible, reason), (status.State, status.Reason));
    }

    [Fact]
    public void What_a_newer_contract_adds_to_a_manifest_makes_it_incompatible_and_not_malformed()
    {
        _folders.Add("Odd", edits: [("[1.0,2.0)", "[1.7,2.0)"), ("\"components\": {", "\"signature\": \"abc\", \"components\": { \"drafter\": [\"tree\"],")]);

        PluginStatus status = Assert.Single(_folders.Discover().Statuses);

        Assert.Equal((PluginState.Incompatible, "made for contract [1.7,2.0), this host has 1.1. Update Spud, or get an older version of the plugin."), (status.State, status.Reason));
    }

    [Fact]
    public void A_malformed_manifest_is_shown_with_all_faults_and_their_places()
    {
        string folder = _folders.Add("Odd", edits: [("\"version\"", "\"versoin\""), ("[1.0,2.0)", "0.1")]);

        PluginStatus status = Assert.Single(_folders.Discover().Statuses);

        string file = Path.Combine(folder, PluginManifest.FileName);
        Assert.Equal((PluginState.Malformed, "odd"), (status.State, status.Id));
        Assert.StartsWith($"{file}:1:1: $ lacks 'version', which a plugin manifest needs.\n{file}:3:3: $.versoin is not a member", status.Reason, StringComparison.Ordinal);
        Assert.Contains($"\n{file}:4:15: $.contract must be a range of contract versions", status.Reason, StringComparison.Ordinal);
        Assert.Null(status.Version);
        Assert.Empty(status.Components);
    }

    [Fact]
    public void A_folder_without_a_manifest_is_malformed_and_a_hidden_one_is_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(_folders.Path, "empty"));
        Directory.CreateDirectory(Path.Combine(_folders.Path, ".git"));

        PluginStatus status = Assert.Single(_folders.Discover().Statuses);

        Assert.Equal((PluginState.Malformed, "empty"), (status.State, status.Id));
        Assert.Equal($"{Path.Combine(_folders.Path, "empty", PluginManifest.FileName)}: no such file.", status.Reason);
    }

    [Fact]
    public void A_manifest_whose_entry_assembly_is_not_there_is_malformed()
    {
        _folders.Add("Odd", edits: [("Odd.dll", "Even.dll")]);

        PluginStatus status = Assert.Single(_folders.Discover().Statuses);

        Assert.Equal(
            (PluginState.Malformed, "spud-plugin.json names the entry assembly Even.dll, which is not in the folder. Build the plugin, or correct entryAssembly."),
            (status.State, status.Reason));
    }

    [Fact]
    public void One_that_is_yet_to_be_set_up_is_unavailable_and_names_the_command()
    {
        _folders.Add("Odd", edits: [("Odd.dll", "Even.dll"), ("\"contract\"", "\"setup\": \"./spud setup odd\", \"contract\"")]);

        PluginStatus status = Assert.Single(_folders.Discover().Statuses);

        Assert.Equal((PluginState.Unavailable, "not set up on this machine. Run: ./spud setup odd"), (status.State, status.Reason));
    }

    [Fact]
    public void Of_two_plugins_with_one_id_the_first_found_is_used_and_the_second_names_it()
    {
        string first = _folders.Add("Odd", "a"), second = _folders.Add("Odd", "b");
        PluginFolders.Edit(second, ("\"id\": \"b\"", "\"id\": \"a\""));

        PluginCatalog catalog = _folders.Discover();
        PluginStatus[] statuses = [.. catalog.LoadAll()];

        Assert.Equal([PluginState.Active, PluginState.Duplicate], statuses.Select(status => status.State));
        Assert.Equal($"plugin 'a' was found in {first} already, and that one is used. Remove one of the two folders, or give its plugin another id.", statuses[1].Reason);
        Assert.True(catalog.TryResolve(Roles.Router, "odd", out RegisteredComponent? component, out _));
        Assert.Equal(first, component.Folder);
    }

    [Fact]
    public void An_incompatible_plugin_claims_no_id()
    {
        _folders.Add("Odd", "a", edits: [("[1.0,2.0)", "[9.0,9.9)"), ("\"id\": \"a\"", "\"id\": \"b\"")]);
        _folders.Add("Odd", "b");

        Assert.Equal([PluginState.Incompatible, PluginState.Active], _folders.Discover().LoadAll().Select(status => status.State));
    }

    [Fact]
    public void A_search_folder_named_twice_makes_no_duplicates()
    {
        _folders.Add("Odd");

        Assert.Single(PluginCatalog.Discover([_folders.Path, _folders.Path + Path.DirectorySeparatorChar]).Statuses);
    }
}
