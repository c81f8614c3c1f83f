using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Heads and pages for Fold.</summary>
internal static class FoldShapes
{
    private static readonly Dictionary<string, (TestModel Model, int PageTokens)> s_shapes = new()
    {
        ["4 heads of 16, pages of 16"] = (Heads(4, 2, 16, 16), 16),
        ["1 head of 8, pages of 32"] = (Heads(1, 1, 8, 8), 32),
        ["9 heads of 64, pages of 64"] = (Heads(9, 3, 64, 64), 64),
        ["8 heads of 128, pages of 17"] = (Heads(8, 1, 128, 128), 17),
        ["6 heads of 20 and values of 12, pages of 256"] = (Heads(6, 6, 20, 12), 256),
        ["7 heads of 80, pages of 1"] = (Heads(7, 1, 80, 80), 1),
        ["4 heads of 16, one page as long as the context"] = (Heads(4, 2, 16, 16), 2048),
    };

    public static IEnumerable<string> NamesFor(Subject subject) => subject.Role == "attention" ? s_shapes.Keys : [];

    public static (TestModel Model, int PageTokens) Of(string name) => s_shapes[name];

    private static TestModel Heads(int h, int g, int d, int dv) => new() { Rope = null, QueryHeads = h, KvHeads = g, KeyWidth = d, ValueWidth = dv };
}
