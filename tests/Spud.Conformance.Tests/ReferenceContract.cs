namespace Spud.Conformance.Tests;

/// <summary>The kit on the reference plugin, on the host and on the device that is none.</summary>
public sealed class ReferenceContract : PluginContract
{
    private const string Pretend = """{"device":"pretend"}""";

    protected override string PluginFolder => FindAbove("tests/plugins/Reference/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
    [
        .. from role in new[] { "head", "attention", "router", "experts" } select new Variant { Role = role, Component = "reference", Options = Pretend },
        new() { Role = "cache", Component = "reference", Options = """{"perHead":true}""" },
        new() { Role = "cache", Component = "reference", Options = """{"keep":24,"pageTokens":8}""", Keeps = static (tokens, position) => position >= tokens - 24 },
        new() { Role = "cache", Component = "recent", Keeps = static (tokens, position) => position >= tokens - 24 },
        new() { Role = "cache", Component = "streaming", Keeps = static (tokens, position) => position < 4 || position >= tokens - 24 },
        new() { Role = "cache", Component = "streaming", Options = """{"older":"Q8_0","streamingHeads":2}""", Keeps = static (tokens, position) => position < 4 || position >= tokens - 24 },
        new() { Role = "cache", Component = "observed", Keeps = static (tokens, position) => position < 2 || position >= tokens - 6 },
        new() { Role = "cache", Component = "observed", Options = """{"reviewTokens":48,"window":20,"chosen":9,"reach":0}""", Keeps = static (tokens, position) => position < 2 || position >= tokens - 20 },
        new() { Role = "router", Component = "prompt", OwnRouting = "the text decides which experts may be chosen" },
        new() { Role = "fold", Component = "split", Options = """{"shards":3,"blockTokens":5}""" },
        new() { Role = "fold", Component = "split", Options = """{"shards":1}""" },
    ];
}
