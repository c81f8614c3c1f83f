using Spud.Conformance;

namespace TemplateSpace.Tests;

/// <summary>Every suite of the kit, over what the plugin registers.</summary>
public sealed class ConformanceTests : PluginContract
{
    protected override string PluginFolder => FindAbove("Template-Plugin/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
    [
        // With all of the mass it is the model's own routing; by default it takes fewer experts, and means to.
        new() { Role = "router", Component = "best", Options = """{ "mass": 1 }""" },
        new() { Role = "router", Component = "best", OwnRouting = "takes the best experts only, up to half of the mass" },
    ];
}
