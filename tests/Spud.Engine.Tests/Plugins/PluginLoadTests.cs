using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginLoadTests : IDisposable
{
    private readonly PluginFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void Naming_a_component_loads_its_plugin_and_no_other()
    {
        string odd = _folders.Add("Odd"), reader = _folders.Add("Reader");
        PluginCatalog catalog = _folders.Discover();

        Assert.True(catalog.TryResolve(Roles.Router, "odd", out RegisteredComponent? component, out string? refusal), refusal);

        Assert.Equal(("odd/odd", "0.1.0", odd), (component.FullName, component.PluginVersion, component.Folder));
        Assert.Equal(["Odd.dll"], LoadedAssemblies.Below(odd));
        Assert.Empty(LoadedAssemblies.Below(reader));
        Assert.Equal([PluginState.Active, PluginState.Discovered], catalog.Statuses.Select(status => status.State));
        Assert.Equal([PluginState.Active, PluginState.Active], catalog.LoadAll().Select(status => status.State));
        Assert.Equal(["Library.dll", "Reader.dll"], LoadedAssemblies.Below(reader));
    }

    [Fact]
    public void Two_plugins_may_have_different_versions_of_one_library()
    {
        _folders.Add("Reader", "first");
        string second = _folders.Add("Reader", "second");
        File.Copy(Path.Combine(TestData.Built("LibraryTwo"), "Library.dll"), Path.Combine(second, "Library.dll"), overwrite: true);
        PluginCatalog catalog = _folders.Discover();

        Assert.Equal("library 1", Knows(catalog, Roles.Cache, "first/reader"));
        Assert.Equal("library 2", Knows(catalog, Roles.Cache, "second/reader"));
    }

    [Fact]
    public void A_library_that_the_dependency_file_does_not_list_is_found_beside_the_plugin()
    {
        string folder = _folders.Add("Reader");
        File.WriteAllText(Path.Combine(folder, "Reader.deps.json"), """{ "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0" }, "targets": { ".NETCoreApp,Version=v10.0": {} }, "libraries": {} }""");

        Assert.Equal("library 1", Knows(_folders.Discover(), Roles.Cache, "reader"));
    }

    [Fact]
    public void A_missing_dependency_is_named()
    {
        string folder = _folders.Add("Reader");
        File.Delete(Path.Combine(folder, "Library.dll"));

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal(PluginState.Faulty, status.State);
        Assert.StartsWith("dependency missing: Library 1.0.0.0. A plugin sees Spud.Abstractions, .NET 10.0 and its own folder", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_with_its_own_copy_of_the_contract_gets_the_hosts()
    {
        string folder = _folders.Add("Odd");
        File.Copy(typeof(ISpudPlugin).Assembly.Location, Path.Combine(folder, "Spud.Abstractions.dll"));
        PluginCatalog catalog = _folders.Discover();

        PluginStatus status = Assert.Single(catalog.LoadAll());

        Assert.Equal(PluginState.Active, status.State);
        Assert.StartsWith("carries its own Spud.Abstractions.dll, which is ignored", Assert.Single(status.Notes), StringComparison.Ordinal);
        Assert.Equal(["Odd.dll"], LoadedAssemblies.Below(folder));
    }

    [Fact]
    public void A_reference_to_an_assembly_of_the_host_is_refused_before_any_code_runs()
    {
        string folder = _folders.Add("Odd");
        PluginFolders.Rename(Path.Combine(folder, "Odd.dll"), "System.Console", "Spud.Engine");

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal(PluginState.Faulty, status.State);
        Assert.StartsWith("dependency missing: Spud.Engine 10.0.0.0. A plugin sees Spud.Abstractions, .NET 10.0 and its own folder, nothing else of the host.", status.Reason, StringComparison.Ordinal);
        Assert.Empty(LoadedAssemblies.Below(folder));
    }

    [Fact]
    public void So_is_one_of_a_library_in_the_plugins_folder()
    {
        string folder = _folders.Add("Reader"), library = Path.Combine(folder, "Library.dll");
        File.Copy(Path.Combine(_folders.Add("Odd"), "Odd.dll"), library, overwrite: true);
        PluginFolders.Rename(library, "System.Console", "Spud.Engine");

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.StartsWith("dependency missing: Spud.Engine 10.0.0.0 (of Library.dll). A plugin sees", status.Reason, StringComparison.Ordinal);
        Assert.Empty(LoadedAssemblies.Below(folder));
    }

    [Theory]
    [InlineData("Spud.Abstractions")]
    [InlineData("System.Text.Json")]
    public void The_contract_and_dotnet_are_visible(string assembly)
    {
        _folders.Add("Odd", behaviour: $"load {assembly}");

        Assert.StartsWith($"{assembly}, Version=", Knows(_folders.Discover(), Roles.Router, "odd"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Reserve", "Reverse", "Spud.IBuildContext.Reverse(Spud.IMemoryDomain, long)")]
    [InlineData("get_Host", "get_Pool", "Spud.IBuildContext.Pool")] // the name exists, with another type
    [InlineData("IBuildContext", "IBuildContest", "Spud.IBuildContest")]
    [InlineData("set_Knows", "set_Owns_", "Spud.Offer.Owns_")] // init
    public void A_member_that_the_contract_lacks_is_named_before_any_code_runs(string old, string changed, string missing)
    {
        string folder = _folders.Add("Odd");
        PluginFolders.Rename(Path.Combine(folder, "Odd.dll"), old, changed);

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.StartsWith($"odd: incompatible: contract member missing: {missing}", status.ToString(), StringComparison.Ordinal);
        Assert.Contains($". It was built against another Spud.Abstractions than this host's {ContractVersion.Major}.{ContractVersion.Minor}. Build it", status.Reason, StringComparison.Ordinal);
        Assert.Empty(LoadedAssemblies.Below(folder));
    }

    [Theory]
    [InlineData("System.Runtime", "built for .NET 65535, this host runs on 10. Update Spud, or build the plugin for .NET 10.")]
    [InlineData("Spud.Abstractions", "built against Spud.Abstractions 65535.")]
    public void A_plugin_built_for_a_later_dotnet_or_contract_is_incompatible(string assembly, string reason)
    {
        string folder = _folders.Add("Odd");
        PluginFolders.Require(Path.Combine(folder, "Odd.dll"), assembly, major: ushort.MaxValue);

        Assert.StartsWith($"odd: incompatible: {reason}", PluginCatalog.Check(folder).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_faulty()
    {
        string folder = _folders.Add("Odd");
        File.WriteAllText(Path.Combine(folder, "Odd.dll"), "no assembly at all");

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal(PluginState.Faulty, status.State);
        Assert.StartsWith("Odd.dll cannot be read as a .NET assembly (BadImageFormatException: ", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_dependency_file_is_faulty()
    {
        string folder = _folders.Add("Odd");
        File.WriteAllText(Path.Combine(folder, "Odd.deps.json"), "{");

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal(PluginState.Faulty, status.State);
        Assert.Contains("Odd.deps.json is damaged", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_library_that_is_nowhere_makes_a_plugin_unavailable()
    {
        string folder = _folders.Add("Odd", edits: [("\"components\"", "\"nativeLibraries\": [\"spud-absent\", \"spud-present\"], \"components\"")]);
        string natives = Path.Combine(folder, "runtimes", NativeFiles.PortableIdentifier, "native");
        Directory.CreateDirectory(natives);
        File.WriteAllText(Path.Combine(natives, $"libspud-present{(OperatingSystem.IsMacOS() ? ".dylib" : ".so")}"), "");
        File.WriteAllText(Path.Combine(natives, "spud-present.dll"), "");

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal(PluginState.Unavailable, status.State);
        Assert.StartsWith($"native library missing: spud-absent. Looked in {folder}, ", status.Reason, StringComparison.Ordinal);
        Assert.Empty(LoadedAssemblies.Below(folder));
    }

    [Fact]
    public void Native_libraries_are_found_in_the_folder_and_on_the_system()
    {
        string system = OperatingSystem.IsWindows() ? "kernel32" : OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6";
        string folder = _folders.Add("Odd", edits: [("\"components\"", $"\"nativeLibraries\": [\"beside.bin\", \"{system}\"], \"components\"")]);
        File.WriteAllText(Path.Combine(folder, "beside.bin"), "");

        Assert.Equal(PluginState.Active, PluginCatalog.Check(folder).State);
    }

    [Fact]
    public void A_self_contained_programs_dependency_file_tells_dotnets_assemblies_from_its_own()
    {
        const string Dependencies = """
            { "targets": { ".NETCoreApp,Version=v10.0/linux-x64": {
                "Spud.Host/0.1.0": { "dependencies": { "System.CommandLine": "2.0.15" }, "runtime": { "Spud.Host.dll": {} } },
                "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.12": { "runtime": { "System.Runtime.dll": {}, "System.Text.Json.dll": {} }, "native": { "libclrjit.so": {} } },
                "System.CommandLine/2.0.15": { "runtime": { "lib/net8.0/System.CommandLine.dll": {} } } } } }
            """;

        Assert.Equal(["System.Runtime", "System.Text.Json"], FrameworkAssemblies.OfDependencies(Dependencies));
    }

    private static string Knows(PluginCatalog catalog, string role, string name)
    {
        Assert.True(catalog.TryResolve(role, name, out RegisteredComponent? component, out string? refusal), refusal);
        return Assert.Single(component.Offer.Knows);
    }
}
