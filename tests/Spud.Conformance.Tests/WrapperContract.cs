namespace Spud.Conformance.Tests;

/// <summary>The kit on decorators: by default of the reference plugin's components, and of one another.</summary>
public sealed class WrapperContract : PluginContract
{
    protected override string PluginFolder => FindAbove("tests/plugins/Wrapper/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "experts", Component = "scaled", Options = """{"inner":"scaled"}""" },
        // Biases of 0 and scales of 1, so that results are those of the definition.
        new() { Role = "head", Component = "biased", Options = """{"inner":{"use":"reference"}}""", Pack = static model => new TestPack().Add("output.bias", new float[model.Vocabulary], model.Vocabulary) },
        new() { Role = "experts", Component = "scaled", Options = """{"inner":{"use":"reference"}}""", Pack = Scales },
        new() { Role = "router", Component = "capped", Options = """{"experts":1}""", OwnRouting = "takes one expert of those that the router inside it chose" },
        new() { Role = "router", Component = "capped", Options = """{"inner":{"use":"reference/prompt","borderTokens":16}}""", OwnRouting = "the text decides which experts may be chosen" },
    ];

    private static TestPack Scales(ModelDescription model)
    {
        TestPack pack = new();
        for (int layer = 0; layer < model.Layers.Length; layer++)
            pack.Add($"blk.{layer}.ffn_scale.weight", [.. Enumerable.Repeat(1f, model.HiddenWidth)], model.HiddenWidth);

        return pack;
    }
}
