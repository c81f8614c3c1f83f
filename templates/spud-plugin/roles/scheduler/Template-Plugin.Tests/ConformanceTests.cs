using Spud.Conformance;

namespace TemplateSpace.Tests;

/// <summary>Every suite of the kit, over what the plugin registers.</summary>
public sealed class ConformanceTests : PluginContract
{
    protected override string PluginFolder => FindAbove("Template-Plugin/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants => [new() { Role = "scheduler", Component = "shortest", Options = """{ "rowsPerSecond": 1000 }""" }];
}
