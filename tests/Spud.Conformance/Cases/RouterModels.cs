using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Models for routers.</summary>
internal static class RouterModels
{
    private static readonly TestModel s_plain = new() { Experts = 40, ExpertsUsed = 4 };

    private static readonly Dictionary<string, TestModel> s_models = new()
    {
        ["plain"] = s_plain,
        ["renormalised"] = s_plain with { Traits = new() { [Trait.Renormalise] = 1 } },
        ["biased"] = s_plain with { Traits = new() { [Trait.GateBias] = 1 } },
        ["biased and renormalised, all experts"] = s_plain with { Experts = 5, ExpertsUsed = 5, Traits = new() { [Trait.Renormalise] = 1, [Trait.GateBias] = 1 } },
        ["one of two"] = s_plain with { Experts = 2, ExpertsUsed = 1 },
        ["many experts, odd width"] = s_plain with { Hidden = 40, Experts = 130, ExpertsUsed = 8 },
    };

    /// <summary>Empty for a router with its own routing, whose reason is printed once.</summary>
    public static IEnumerable<string> NamesFor(Subject subject) => subject.Variant.OwnRouting is null ? Models.For(s_models, subject) : [];

    public static TestModel Of(string name) => s_models[name];
}
