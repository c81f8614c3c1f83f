using Spud.Conformance;

namespace Drafter.Lookup.Tests;

/// <summary>The conformance kit on the drafter.</summary>
public sealed class LookupContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/drafter.lookup");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "drafter", Component = "lookup" },
        new() { Role = "drafter", Component = "lookup", Options = """{"length":16,"minMatch":1}""" },
        new() { Role = "drafter", Component = "lookup", Options = """{"length":1,"minMatch":16}""" },
    ];
}
