using System.Reflection;
using Spud.Runtime.Plugins;
using Xunit;

namespace TemplateSpace.Tests;

/// <summary>The plugin as it was built, through the steps that Spud takes.</summary>
public sealed class ConformanceTests
{
    private static string Folder => typeof(ConformanceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Plugin").Value!;

    [Fact]
    public void It_loads()
    {
        PluginStatus status = PluginCatalog.Check(Folder);

        Assert.True(status.State == PluginState.Active, status.ToString());
    }
}
