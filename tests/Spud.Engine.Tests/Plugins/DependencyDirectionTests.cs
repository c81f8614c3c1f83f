using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

/// <summary>Which assembly may name which: plugins name the contract and carry the kernels, the engine names no plugin.</summary>
public sealed class DependencyDirectionTests
{
    private static readonly string s_plugins = TestData.Plugins;

    [Fact]
    public void Plugins_name_the_contract_and_the_kernels_and_nothing_else_of_ours()
    {
        string[] folders = Directory.GetDirectories(s_plugins);
        string[] entries = [.. folders.Select(folder => PluginManifest.Load(Path.Combine(folder, PluginManifest.FileName)).EntryAssembly)];
        Assert.Contains("Backend.Cpu.dll", entries);
        foreach ((string folder, string entry) in folders.Zip(entries))
        {
            // A plugin whose libraries are not set up is its manifest alone.
            if (!File.Exists(Path.Combine(folder, entry)))
                continue;

            string[] others = [.. References(Path.Combine(folder, entry)).Where(name => name.StartsWith("Spud.", StringComparison.Ordinal) || entries.Contains(name + ".dll"))];
            Assert.Empty(others.Except(["Spud.Abstractions", "Spud.Numerics"]));
            Assert.False(File.Exists(Path.Combine(folder, "Spud.Abstractions.dll")), $"{entry} carries a contract of its own");
        }
    }

    [Theory]
    [InlineData("Spud.Models", "Spud.Abstractions")]
    [InlineData("Spud.Text", "Spud.Models")]
    [InlineData("Spud.Engine", "McMaster.NETCore.Plugins", "Spud.Abstractions", "Spud.Models", "Spud.Numerics", "Spud.Text", "System.Numerics.Tensors")]
    [InlineData("Spud.Evaluation", "Spud.Abstractions", "Spud.Engine", "Spud.Models", "Spud.Numerics", "Spud.Text", "System.Numerics.Tensors")]
    public void Each_assembly_names_those_below_it_and_no_plugin(string assembly, params string[] below) =>
        Assert.Equal(below, Foreign(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Spud.Abstractions")]
    [InlineData("Spud.Numerics")]
    public void The_contract_and_the_kernels_name_nothing_but_dotnet(string assembly) =>
        Assert.Empty(Foreign(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));

    private static IEnumerable<string> Foreign(string path) => References(path).Where(name => !FrameworkAssemblies.Contains(name));

    private static string[] References(string path)
    {
        using PEReader image = new(File.OpenRead(path));
        MetadataReader reader = image.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
    }
}
