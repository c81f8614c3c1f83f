using Spud.Conformance;

namespace TemplateSpace.Tests;

/// <summary>Every suite of the kit, over what the plugin registers.</summary>
public sealed class ConformanceTests : PluginContract
{
    protected override string PluginFolder => FindAbove("Template-Plugin/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
    [
        // A policy that forgets says what it keeps all the same.
        new() { Role = "cache", Component = "recent", Keeps = static (tokens, position) => position < 4 || position >= tokens - 1024 },
        new() { Role = "cache", Component = "recent", Options = """{ "latest": 40 }""", Keeps = static (tokens, position) => position < 4 || position >= tokens - 40 },
    ];
}
