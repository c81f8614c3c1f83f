using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Spud.Plugins;

namespace Spud.Conformance.Discovery;

/// <summary>One component in one configuration.</summary>
internal sealed class Subject
{
    private readonly Lazy<bool> _computesElsewhere;

    public Subject() => _computesElsewhere = new(BuildsElsewhere);

    /// <summary>The configuration.</summary>
    public required Variant Variant { get; init; }

    /// <summary>Why it cannot be tested here; null: it can.</summary>
    public required string? SkipReason { get; init; }

    /// <summary>What the plugin registered; null only where <see cref="SkipReason"/> is not.</summary>
    public required RegisteredComponent? Registered { get; init; }

    /// <summary>Its role.</summary>
    public string Role => Variant.Role;

    /// <summary>Unique in its role.</summary>
    public string Label => Variant.Label;

    /// <summary>What it can do.</summary>
    public Offer Offer => Component.Offer;

    /// <summary>How far it may be off.</summary>
    public Tolerance Tolerance => Variant.Tolerance;

    /// <summary>Whether its domain is not the host's memory; found out by building it once.</summary>
    public bool ComputesElsewhere => _computesElsewhere.Value;

    private RegisteredComponent Component => Registered ?? throw new InvalidOperationException($"{Role} '{Label}' was not loaded: {SkipReason}");

    /// <summary>Whether it knows all of these traits, as far as they concern its role.</summary>
    public bool Knows(IEnumerable<string> traits) =>
        traits.Where(trait => trait.StartsWith(Role + ".", StringComparison.Ordinal)).All(trait => Offer.Knows.Contains(trait));

    /// <summary>Builds it.</summary>
    /// <exception cref="ConfigurationException">The variant's options are wrong.</exception>
    public IDisposable Create(IBuildContext build)
    {
        FaultList faults = new();
        object? options = PipelineDocument.Load(null, [$"{Role}={Variant.Options}"])[Role][0].BindOptions(Component.Name, Component.Options, faults);
        faults.ThrowIfAny();
        return Component.Create(options!, build);
    }

    /// <summary>A fold decorator as an attention's entry names it.</summary>
    /// <exception cref="ConfigurationException">The variant's options are wrong.</exception>
    public ChosenComponent ChooseFold()
    {
        FaultList faults = new();
        string entry = Variant.Options.Trim() is "{}" ? "}" : $",{Variant.Options.Trim()[1..]}";
        RoleEntry written = PipelineDocument.Load(null, [$$"""attention={"use":"any","fold":[{"use":"{{Component.Name}}"{{entry}}]}"""])[Roles.Attention][0].Folds[0];
        object? options = written.BindOptions(Component.Name, Component.Options, faults);
        faults.ThrowIfAny();
        return new(Component, options!, written, []);
    }

    private bool BuildsElsewhere()
    {
        if (SkipReason is not null || Role is Roles.Cache or Roles.Fold)
            return false;

        using TestBuild build = new(RigFactory.ModelFor(this).Describe(), threads: 1);
        try
        {
            using IComponent component = (IComponent)Create(build);
            return !component.Domain.IsHost;
        }
        catch (Exception)
        {
            return false; // one that cannot be built fails every other test of its role, and says why there
        }
    }
}
