using Spud.Conformance;

namespace Attention.Ring.Tests;

/// <summary>The conformance kit on the decorator.</summary>
public sealed class RingContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/attention.ring");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "fold", Component = "ring" },
        new() { Role = "fold", Component = "ring", Options = """{"ranks":1}""" },
        new() { Role = "fold", Component = "ring", Options = """{"ranks":3,"blockTokens":7}""" },
        new() { Role = "fold", Component = "ring", Options = """{"ranks":8,"blockTokens":1,"memoryMiB":64}""" },
    ];
}
