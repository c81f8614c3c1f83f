using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Spud.Plugins;

namespace Spud.Conformance.Discovery;

/// <summary>One component in one configuration.</summary>
internal sealed class Subject
{
    // What is known of a model refuses nothing here: the suites ask what the component knows.
    private static readonly ModelDescription s_anyModel = new TestModel().Describe();
    private readonly Lazy<bool> _computesElsewhere;
    private readonly Lazy<Offer> _offer;

    public Subject()
    {
        _computesElsewhere = new(BuildsElsewhere);
        _offer = new(() => Choose().Offer);
    }

    /// <summary>The plugin, and the reference plugin: whose components its decorators may be built on.</summary>
    public required PluginCatalog Catalog { get; init; }

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

    /// <summary>What it can do with the variant's options.</summary>
    public Offer Offer => _offer.Value;

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
    public IDisposable Create(TestBuild build) => Create(Choose(), build);

    /// <summary>As a pipeline that names it chooses it, with the components that its options name.</summary>
    public ChosenComponent Choose()
    {
        FaultList faults = new();
        ChosenComponent? chosen = new ComponentBinder(Catalog, s_anyModel, faults).Bind(PipelineDocument.Load(null, [$"{Role}={Variant.Options}"])[Role][0], Component.FullName, [0]);
        faults.ThrowIfAny();
        return chosen!;
    }

    private IDisposable Create(ChosenComponent chosen, TestBuild build, int depth = 0)
    {
        // A component inside another one names no pack here.
        TestPack? pack = depth == 0 ? Variant.Pack?.Invoke(build.Model) : null;
        using (build.Inside(spec => Create(ComponentBinder.Inner(chosen, spec, Catalog, s_anyModel, depth + 1), build, depth + 1), pack))
            return chosen.Registered.Create(chosen.Options, build);
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
        return new(Component, options!, Component.Offer, written, []);
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
