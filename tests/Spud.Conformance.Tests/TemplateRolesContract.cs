namespace Spud.Conformance.Tests;

/// <summary>The kit on what the templates of the roles make; the router's is the sample, which the tutorial's test runs.</summary>
public sealed class TemplateRolesContract : PluginContract
{
    protected override string PluginFolder => FindAbove("tests/plugins/TemplateRoles/bin/{configuration}/{framework}");

    // As the template's own test has them.
    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "cache", Component = "recent", Keeps = static (tokens, position) => position < 4 || position >= tokens - 1024 },
        new() { Role = "cache", Component = "recent", Options = """{ "latest": 40 }""", Keeps = static (tokens, position) => position < 4 || position >= tokens - 40 },
        new() { Role = "scheduler", Component = "shortest", Options = """{ "rowsPerSecond": 1000 }""" },
    ];
}
