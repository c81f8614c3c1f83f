using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Models for experts.</summary>
internal static class ExpertsModels
{
    private static readonly TestModel s_dense = new();
    private static readonly TestModel s_mixture = new() { Experts = 6, ExpertsUsed = 2, ExpertWidth = 32 };

    private static readonly Dictionary<string, TestModel> s_models = new()
    {
        ["dense"] = s_dense,
        ["dense, GELU"] = s_dense with { Traits = new() { [Trait.Gelu] = 1 } },
        ["dense, post norm"] = s_dense with { Traits = new() { [Trait.ExpertPostNorm] = 1 } },
        ["dense, odd widths"] = s_dense with { Hidden = 40, ExpertWidth = 50 },
        ["mixture"] = s_mixture,
        ["clamped"] = s_mixture with { Traits = new() { [Trait.ClampedSwiGlu] = 0.3f } },
        ["biases"] = s_mixture with { Traits = new() { [Trait.ExpertBias] = 1 } },
        ["clamped, with biases"] = s_mixture with { Traits = new() { [Trait.ClampedSwiGlu] = 0.3f, [Trait.ExpertBias] = 1 } },
        ["shared"] = s_mixture with { Traits = new() { [Trait.SharedExpert] = 80 } },
        ["gated shared"] = s_mixture with { Traits = new() { [Trait.SharedExpert] = 24, [Trait.SharedGate] = 1 } },
        ["residual scale"] = s_mixture with { Traits = new() { [Trait.ExpertResidualScale] = 0.22f } },
        ["shared, scaled, post norm"] = s_mixture with { Traits = new() { [Trait.SharedExpert] = 32, [Trait.ExpertResidualScale] = 0.5f, [Trait.ExpertPostNorm] = 1 } },
    };

    public static IEnumerable<string> NamesFor(Subject subject) => Models.For(s_models, subject);

    public static TestModel Of(string name) => s_models[name];
}
