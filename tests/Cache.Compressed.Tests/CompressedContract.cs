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
        Of("""{"keep":1,"format":"f32"}"""),
        Of("""{"keep":1,"keys":"q8_0","values":"q4_0","encodeAfter":0}"""),
        Of("{}") with { Keeps = static (_, _) => true },
        Of("""{"keys":"q8_0","values":"q4_0","encodeAfter":20,"reviewTokens":32,"pageTokens":16}""") with { Keeps = static (_, _) => true },
        Of("""{"keep":0.6,"sinks":4,"recent":40,"reviewTokens":16,"pageTokens":16}""") with { Keeps = KeepsEnds, Pack = Order },
        Of("""{"keep":0,"sinks":4,"recent":40,"reviewTokens":24,"pageTokens":16,"format":"q8_0","values":"q4_0","encodeAfter":30}""") with { Keeps = KeepsEnds, Pack = Order },
        Of("""{"sinks":4,"keep":0.1,"reviewTokens":16,"pageTokens":16,"values":"q8_0"}""") with { Keeps = KeepsEnds, Pack = Windows },
        Of("""{"budgetTokens":60,"sinks":4,"window":10,"protect":10,"pageTokens":16,"reviewTokens":20}""") with { Keeps = KeepsWindow },
        Of("""{"keep":0.6,"sinks":4,"recent":40,"ratio":0.2,"window":10,"protect":10,"keys":"q8_0","encodeAfter":17,"reviewTokens":32,"pageTokens":16}""") with { Keeps = KeepsWindow, Pack = Order },
    ];

    private static Variant Of(string options) => new() { Role = "cache", Component = "compressed", Options = options };

    private static bool KeepsEnds(int tokens, int position) => position < Sinks || position >= tokens - Recent;

    private static bool KeepsWindow(int tokens, int position) => position < Sinks || position >= tokens - 10;

    /// <summary>The first head of a layer streams after the second.</summary>
    private static TestPack Order(ModelDescription model) => PackOf(model, [Recent], static (_, head, heads) => heads - head);

    /// <summary>Every head of a layer has a window of its own.</summary>
    private static TestPack Windows(ModelDescription model) => PackOf(model, [Recent + 20, Recent], static (window, head, heads) => head % 2 == window ? head : heads + head);

    private static TestPack PackOf(ModelDescription model, int[] windows, Func<int, int, int, float> order)
    {
        TestPack pack = new TestPack().Set("spud.heads.format", 2).Set("spud.heads.keep", 0.5f).Set("spud.heads.windows", windows.Length)
            .Add("heads.recent", [.. windows.Select(static recent => (float)recent)], windows.Length);
        for (int layer = 0; layer < model.Layers.Length; layer++)
        {
            int heads = model.Layers[layer].Kv.Heads;
            pack.Add($"blk.{layer}.head_order", [.. Enumerable.Range(0, windows.Length * heads).Select(i => order(i / heads, i % heads, heads))], windows.Length, heads);
        }

        return pack;
    }
}
