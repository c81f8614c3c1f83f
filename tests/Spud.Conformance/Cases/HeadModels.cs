using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Models for heads.</summary>
internal static class HeadModels
{
    private static readonly TestModel s_plain = new() { Vocabulary = 333, Hidden = 96 };

    private static readonly Dictionary<string, TestModel> s_models = new()
    {
        ["plain"] = s_plain,
        ["tied"] = s_plain with { Traits = new() { [Trait.TiedHead] = 1 } },
        ["embedding scale"] = s_plain with { Traits = new() { [Trait.EmbeddingScale] = 8 } },
        ["logit scale"] = s_plain with { Traits = new() { [Trait.LogitScale] = 0.25f } },
        ["tied and scaled"] = s_plain with { Traits = new() { [Trait.TiedHead] = 1, [Trait.EmbeddingScale] = 3, [Trait.LogitScale] = 2 } },
        ["odd widths"] = s_plain with { Hidden = 72, Vocabulary = 61 },
    };

    public static IEnumerable<string> NamesFor(Subject subject) => Models.For(s_models, subject);

    public static TestModel Of(string name) => s_models[name];
}
