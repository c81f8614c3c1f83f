namespace Spud.Conformance.Tests;

/// <summary>The kit on decorators: by default of the reference plugin's components, and of one another.</summary>
public sealed class WrapperContract : PluginContract
{
    protected override string PluginFolder => FindAbove("tests/plugins/Wrapper/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "experts", Component = "scaled", Options = """{"inner":"scaled"}""" },
        new() { Role = "router", Component = "capped", Options = """{"experts":1}""", OwnRouting = "takes one expert of those that the router inside it chose" },
        new() { Role = "router", Component = "capped", Options = """{"inner":{"use":"reference/prompt","borderTokens":16}}""", OwnRouting = "the text decides which experts may be chosen" },
    ];
}
