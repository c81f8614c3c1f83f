namespace Spud.Conformance.Tests;

/// <summary>The kit on the reference plugin, on the host and on the device that is none.</summary>
public sealed class ReferenceContract : PluginContract
{
    private const string Pretend = """{"device":"pretend"}""";

    protected override string PluginFolder => FindAbove("tests/plugins/Reference/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
    [
        .. from role in new[] { "head", "attention", "router", "experts" } select new Variant { Role = role, Component = "reference", Options = Pretend },
        new() { Role = "cache", Component = "reference", Options = """{"keep":24,"pageTokens":8}""", Keeps = static (tokens, position) => position >= tokens - 24 },
    ];
}
