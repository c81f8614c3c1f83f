using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Models for Project.</summary>
internal static class ProjectModels
{
    private static readonly TestModel s_plain = new();

    private static readonly Dictionary<string, TestModel> s_models = new()
    {
        ["plain"] = s_plain,
        ["interleaved"] = s_plain with { Rope = new() { Interleaved = true, Width = 16, Base = 500_000 } },
        ["part of a head turns"] = s_plain with { Rope = new() { Interleaved = false, Width = 8, Base = 100 } },
        ["factors and magnitude"] = s_plain with { Rope = new() { Interleaved = false, Width = 16, Base = 10_000, Factors = [1, 1, 2, 2, 4, 8, 8, 8], Magnitude = 1.2f } },
        ["nothing turns"] = s_plain with { Rope = null },
        ["one KV head"] = s_plain with { QueryHeads = 6, KvHeads = 1 },
        ["biases"] = s_plain with { Traits = new() { [Trait.ProjectionBias] = 1 } },
        ["head norm"] = s_plain with { QueryHeads = 6, KvHeads = 3, Traits = new() { [Trait.HeadNorm] = 1 } },
        ["full norm"] = s_plain with { KvHeads = 4, Traits = new() { [Trait.FullNorm] = 1 } },
        ["score scale"] = s_plain with { Traits = new() { [Trait.ScoreScale] = 0.5f } },
        ["wide values"] = s_plain with { ValueWidth = 24 },
        ["biases and head norm"] = s_plain with { Traits = new() { [Trait.ProjectionBias] = 1, [Trait.HeadNorm] = 1, [Trait.ScoreScale] = 0.1f } },
        ["odd widths"] = s_plain with { Hidden = 40, KeyWidth = 6, ValueWidth = 10, QueryHeads = 9, KvHeads = 3, Rope = new() { Interleaved = true, Width = 4, Base = 10 } },
    };

    public static IEnumerable<string> NamesFor(Subject subject) => Models.For(s_models, subject);

    public static TestModel Of(string name) => s_models[name];
}
