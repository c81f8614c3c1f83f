using Spud.Plugins;
using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>No plugin of this repository goes untested.</summary>
public sealed class EveryPluginTests
{
    public static TheoryData<string> Plugins =>
        [.. Directory.EnumerateDirectories(Path.Combine(TestData.Root, "plugins"))
            .Where(folder => File.Exists(Path.Combine(folder, PluginManifest.FileName)))
            .Select(folder => Path.GetFileName(folder)).Order()];

    [Theory]
    [MemberData(nameof(Plugins))]
    public void A_plugin_has_a_test_project_with_a_contract(string plugin)
    {
        string tests = Path.Combine(TestData.Root, "tests", $"{plugin}.Tests");
        string id = plugin.ToLowerInvariant();
        Assert.True(Directory.Exists(tests), $"plugins/{plugin} has no tests/{plugin}.Tests");
        Assert.True(
            Directory.EnumerateFiles(tests, "*.cs").Select(File.ReadAllText).Any(source => source.Contains(": PluginContract") && source.Contains(id)),
            $"tests/{plugin}.Tests has no class that derives from PluginContract and names the folder of {id}");
    }
}
