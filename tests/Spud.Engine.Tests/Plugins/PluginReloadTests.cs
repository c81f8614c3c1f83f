using System.Runtime.CompilerServices;
using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginReloadTests : IDisposable
{
    private const int Collections = 20;
    private static readonly PluginCatalogOptions s_reloadable = new() { Reloadable = true };
    private readonly PluginFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void A_reloaded_plugin_runs_what_its_folder_holds_now()
    {
        string folder = _folders.Add("Reader");
        using PluginCatalog catalog = _folders.Discover(s_reloadable);
        Assert.Equal("library 1", Knows(catalog));

        File.Copy(Path.Combine(TestData.Built("LibraryTwo"), "Library.dll"), Path.Combine(folder, "Library.dll"), overwrite: true);
        PluginFolders.Edit(folder, ("\"version\": \"0.1.0\"", "\"version\": \"0.2.0\""));

        PluginStatus status = catalog.Reload("reader");

        Assert.Equal((PluginState.Active, "0.2.0", folder), (status.State, status.Version, status.Folder));
        Assert.Equal("library 2", Knows(catalog));
    }

    [Fact]
    public void The_code_of_before_a_reload_is_collected()
    {
        _folders.Add("Odd");
        using PluginCatalog catalog = _folders.Discover(s_reloadable);
        WeakReference before = LoadAndReload(catalog);

        for (int i = 0; before.IsAlive && i < Collections; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(before.IsAlive, $"the old context is alive after {Collections} collections");
        Assert.Equal(PluginState.Active, catalog.Statuses[0].State);
    }

    [Fact]
    public void A_plugin_may_become_faulty_and_good_again()
    {
        string folder = _folders.Add("Odd");
        using PluginCatalog catalog = _folders.Discover(s_reloadable);
        Assert.Equal(PluginState.Active, catalog.LoadAll()[0].State);

        PluginFolders.Behave(folder, "registration throws");
        Assert.Equal(PluginState.Faulty, catalog.Reload("odd").State);
        PluginFolders.Edit(folder, ("[1.0,2.0)", "[2.0,3.0)"));
        Assert.Equal(PluginState.Incompatible, catalog.Reload("odd").State);
        PluginFolders.Edit(folder, ("[2.0,3.0)", "[1.0,2.0)"));
        PluginFolders.Behave(folder, "");
        Assert.Equal(PluginState.Active, catalog.Reload("odd").State);

        PluginFolders.Edit(folder, ("\"id\": \"odd\"", "\"id\": \"even\""));
        PluginStatus renamed = catalog.Reload("odd");
        Assert.Equal((PluginState.Malformed, "its id was 'odd' and is 'even' now. Restart the program to use it under another id."), (renamed.State, renamed.Reason));
    }

    [Fact]
    public void A_plugin_is_known_by_its_id_while_its_manifest_is_broken_or_says_another()
    {
        string folder = _folders.Add("Odd"), moved = Path.Combine(_folders.Path, "another-name"), manifest = Path.Combine(moved, PluginManifest.FileName);
        Directory.Move(folder, moved);
        using PluginCatalog catalog = _folders.Discover(s_reloadable);
        Assert.Equal(PluginState.Active, catalog.LoadAll()[0].State);
        string good = File.ReadAllText(manifest);
        foreach (string bad in new[] { "{", good.Replace("\"id\": \"odd\"", "\"id\": \"even\"") })
        {
            File.WriteAllText(manifest, bad);
            PluginStatus broken = catalog.Reload("odd");
            Assert.Equal((PluginState.Malformed, "odd"), (broken.State, broken.Id));
            File.WriteAllText(manifest, good);
            Assert.Equal(PluginState.Active, catalog.Reload("odd").State);
        }
    }

    [Fact]
    public void Copies_are_gone_with_the_catalog()
    {
        _folders.Add("Odd");
        string copy;
        using (PluginCatalog catalog = _folders.Discover(s_reloadable))
        {
            Assert.True(catalog.TryResolve(Roles.Router, "odd", out RegisteredComponent? component, out _));
            copy = Path.GetDirectoryName(component.Options.Type.Assembly.Location)!;
            Assert.NotEqual(component.Folder, copy);
            Assert.True(Directory.Exists(copy));
        }

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows holds the files of loaded code");
        Assert.False(Directory.Exists(copy));
    }

    [Fact]
    public void Reloading_is_refused_where_it_was_not_prepared_and_for_unknown_plugins()
    {
        _folders.Add("Odd");
        using PluginCatalog fixedCatalog = _folders.Discover(), reloadable = _folders.Discover(s_reloadable);

        Assert.Throws<InvalidOperationException>(() => fixedCatalog.Reload("odd"));
        Assert.StartsWith("no plugin 'od'. Did you mean 'odd'?", Assert.Throws<ArgumentException>(() => reloadable.Reload("od")).Message, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndReload(PluginCatalog catalog)
    {
        Assert.True(catalog.TryResolve(Roles.Router, "odd", out RegisteredComponent? component, out _));
        WeakReference context = new(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(component.Options.Type.Assembly));
        Assert.Equal(PluginState.Active, catalog.Reload("odd").State);
        return context;
    }

    private static string Knows(PluginCatalog catalog)
    {
        Assert.True(catalog.TryResolve(Roles.Cache, "reader", out RegisteredComponent? component, out string? refusal), refusal);
        return Assert.Single(component.Offer.Knows);
    }
}
