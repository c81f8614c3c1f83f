using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Models for Finish.</summary>
internal static class FinishModels
{
    private static readonly TestModel s_plain = new() { Rope = null };

    private static readonly Dictionary<string, TestModel> s_models = new()
    {
        ["plain"] = s_plain,
        ["output bias"] = s_plain with { Traits = new() { [Trait.OutputBias] = 1 } },
        ["sinks"] = s_plain with { Traits = new() { [Trait.Sinks] = 1 } },
        ["post norm"] = s_plain with { Traits = new() { [Trait.AttentionPostNorm] = 1 } },
        ["residual scale"] = s_plain with { Traits = new() { [Trait.AttentionResidualScale] = 0.22f } },
        ["wide values"] = s_plain with { ValueWidth = 24 },
        ["biased, normed and scaled, with sinks"] = s_plain with
        {
            Traits = new() { [Trait.OutputBias] = 1, [Trait.Sinks] = 1, [Trait.AttentionPostNorm] = 1, [Trait.AttentionResidualScale] = 0.7f },
        },
    };

    public static IEnumerable<string> NamesFor(Subject subject) => Models.For(s_models, subject);

    public static TestModel Of(string name) => s_models[name];
}
