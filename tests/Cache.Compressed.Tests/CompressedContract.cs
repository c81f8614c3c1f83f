using Spud;
using Spud.Conformance;

namespace Cache.Compressed.Tests;

/// <summary>The conformance kit on the compressed cache: each mechanism alone, and all together.</summary>
public sealed class CompressedContract : PluginContract
{
    private const int Sinks = 4, Recent = 40;

    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/cache.compressed");

    protected override IEnumerable<Variant> Variants =>
    [
        Of("""{"streaming":0,"format":"f32"}"""),
        Of("""{"streaming":0,"keys":"q8_0","values":"q4_0","encodeAfter":0}"""),
        Of("{}") with { Keeps = static (_, _) => true },
        Of("""{"keys":"q8_0","values":"q4_0","encodeAfter":20,"reviewTokens":32,"pageTokens":16}""") with { Keeps = static (_, _) => true },
        Of("""{"streaming":0.5,"sinks":4,"recent":40,"reviewTokens":16,"pageTokens":16}""") with { Keeps = KeepsEnds, Pack = Scores },
        Of("""{"streaming":1,"sinks":4,"recent":40,"reviewTokens":24,"pageTokens":16,"format":"q8_0","values":"q4_0","encodeAfter":30}""") with { Keeps = KeepsEnds, Pack = Scores },
        Of("""{"budgetTokens":60,"sinks":4,"window":10,"pageTokens":16,"reviewTokens":20}""") with { Keeps = KeepsWindow },
        Of("""{"streaming":0.5,"sinks":4,"recent":40,"ratio":0.2,"window":10,"keys":"q8_0","encodeAfter":17,"reviewTokens":32,"pageTokens":16}""") with { Keeps = KeepsWindow, Pack = Scores },
    ];

    private static Variant Of(string options) => new() { Role = "cache", Component = "compressed", Options = options };

    private static bool KeepsEnds(int tokens, int position) => position < Sinks || position >= tokens - Recent;

    private static bool KeepsWindow(int tokens, int position) => position < Sinks || position >= tokens - 10;

    /// <summary>The first head of a layer needs more than the second.</summary>
    private static TestPack Scores(ModelDescription model)
    {
        TestPack pack = new TestPack().Set("spud.heads.format", 1).Set("spud.heads.streaming", 0.5f);
        for (int layer = 0; layer < model.Layers.Length; layer++)
            pack.Add($"blk.{layer}.head_scores", [.. Enumerable.Range(0, model.Layers[layer].Kv.Heads).Select(static head => 1f / (1 + head))], model.Layers[layer].Kv.Heads);

        return pack;
    }
}
