using Spud;
using Spud.Conformance;

namespace Drafter.Heads.Tests;

/// <summary>The conformance kit on the drafter, with blocks that see tokens and blocks that do not.</summary>
public sealed class HeadsContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/drafter.heads");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "drafter", Component = "heads", Pack = static model => Blocks(model, 3, seesTokens: true) },
        new() { Role = "drafter", Component = "heads", Options = """{"length":2,"minProbability":0}""", Pack = static model => Blocks(model, 4, seesTokens: true) },
        new() { Role = "drafter", Component = "heads", Options = """{"minProbability":0}""", Pack = static model => Blocks(model, 2, seesTokens: false) },
    ];

    private static TestPack Blocks(ModelDescription model, int count, bool seesTokens)
    {
        (int c, int tokens) = (model.HiddenWidth, model.Vocabulary - 7);
        TestPack pack = new TestPack().Set("heads.count", (float)count).Set("heads.sees_tokens", seesTokens ? 1f : 0).Set("heads.token_count", (float)tokens)
            .Add("heads.tokens", [.. Enumerable.Range(3, tokens).Select(static id => (float)id)], tokens);
        for (int k = 1; k <= count; k++)
        {
            pack.Add($"heads.{k}.hidden", c, c).Add($"heads.{k}.bias", c);
            if (seesTokens)
                pack.Add($"heads.{k}.token", c, c);
        }

        return pack;
    }
}
