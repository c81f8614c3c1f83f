using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>A rig for a component of any role that is called in a step, on a model with most traits that the component knows.</summary>
internal static class RigFactory
{
    private static readonly TestModel s_model = new()
    {
        Experts = 6,
        ExpertsUsed = 2,
        ExpertWidth = 32,
        Traits = new()
        {
            [Trait.HeadNorm] = 1, [Trait.ProjectionBias] = 1, [Trait.OutputBias] = 1, [Trait.AttentionPostNorm] = 1, [Trait.Window] = 300,
            [Trait.Sinks] = 1, [Trait.Renormalise] = 1, [Trait.GateBias] = 1, [Trait.SharedExpert] = 32, [Trait.ExpertPostNorm] = 1,
            [Trait.EmbeddingScale] = 2, [Trait.LogitScale] = 0.5f,
        },
    };

    /// <summary>The model: those of its traits that the component knows.</summary>
    public static TestModel ModelFor(Subject subject) =>
        s_model with { Traits = s_model.Traits.Where(trait => subject.Offer.Knows.Contains(trait.Key)).ToDictionary() };

    /// <summary>A rig on <see cref="ModelFor"/>, unless the settings change it.</summary>
    public static IRig Open(Subject subject, Func<RigSettings, RigSettings>? change = null)
    {
        RigSettings settings = new() { Model = ModelFor(subject) };
        settings = change is null ? settings : change(settings);
        return subject.Role switch
        {
            Roles.Head => new HeadRig(subject, settings),
            Roles.Attention => new AttentionRig(subject, settings),
            Roles.Router => new RouterRig(subject, settings),
            Roles.Experts => new ExpertsRig(subject, settings),
            _ => throw new ArgumentException($"{subject.Role} has no calls in a step", nameof(subject)),
        };
    }
}
