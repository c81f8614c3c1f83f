using Spud;
using Spud.Conformance;

namespace Depth.Exit.Tests;

/// <summary>The conformance kit on the policy.</summary>
public sealed class ExitContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/depth.exit");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "depth", Component = "exit", Pack = Exits },
        new() { Role = "depth", Component = "exit", Options = """{"threshold":0.6,"lowestThreshold":0.4,"missing":"hole"}""", Pack = Exits },
    ];

    private static TestPack Exits(ModelDescription model)
    {
        int[] layers = [.. Enumerable.Range(0, Math.Max(1, model.Layers.Length - 1))];
        TestPack pack = new TestPack().Set("exit.layers", string.Join(',', layers));
        foreach (int layer in layers)
        {
            pack.Add($"exit.{layer}.map", model.HiddenWidth, model.HiddenWidth).Add($"exit.{layer}.bias", model.HiddenWidth).Add($"exit.{layer}.probe", model.HiddenWidth)
                .Set($"exit.{layer}.probe_bias", 0.1f);
        }

        return pack;
    }
}
