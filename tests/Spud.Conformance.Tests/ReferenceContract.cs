namespace Spud.Conformance.Tests;

/// <summary>The kit on the reference plugin, on the host and on the device that is none.</summary>
public sealed class ReferenceContract : PluginContract
{
    private const string Pretend = """{"device":"pretend"}""";

    protected override string PluginFolder => FindAbove("tests/plugins/Reference/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
        from variant in new[] { ("head", "reference", Pretend), ("attention", "reference", Pretend), ("router", "reference", Pretend), ("experts", "reference", Pretend), ("cache", "reference", """{"perHead":true}"""), ("cache", "streaming", """{"older":"Q8_0","streamingHeads":2}""") }
        select new Variant { Role = variant.Item1, Component = variant.Item2, Options = variant.Item3 };
}
