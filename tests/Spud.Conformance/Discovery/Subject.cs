using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Spud.Execution;
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
        _offer = new(() => Bind(s_anyModel).Offer);
    }

    /// <summary>The plugin, and the reference plugin, on whose components decorators can be built.</summary>
    public required PluginCatalog Catalog { get; init; }

    /// <summary>The configuration.</summary>
    public required Variant Variant { get; init; }

    /// <summary>Why it cannot be tested here; null: it can.</summary>
    public required string? SkipReason { get; init; }

    /// <summary>"plugin-id/name"; null only where <see cref="SkipReason"/> is not.</summary>
    public required string? FullName { get; init; }

    /// <summary>Its role.</summary>
    public string Role => Variant.Role;

    /// <summary>Unique in its role.</summary>
    public string Label => Variant.Label;

    /// <summary>What it can do with the variant's options.</summary>
    public Offer Offer => _offer.Value;

    /// <summary>Allowed error of its results.</summary>
    public Tolerance Tolerance => Variant.Tolerance;

    /// <summary>Whether its domain is not the host's memory; determined by building it once.</summary>
    public bool ComputesElsewhere => _computesElsewhere.Value;

    private string Component => FullName ?? throw new InvalidOperationException($"{Role} '{Label}' was not loaded: {SkipReason}");

    /// <summary>Whether it knows all of these traits, as far as they concern its role.</summary>
    public bool Knows(IEnumerable<string> traits) =>
        traits.Where(trait => trait.StartsWith(Role + ".", StringComparison.Ordinal)).All(trait => Offer.Knows.Contains(trait));

    /// <summary>Builds it.</summary>
    /// <exception cref="ConfigurationException">The variant's options are wrong.</exception>
    public IDisposable Create(TestBuild build) => Create(Bind(), build, Variant.Pack?.Invoke(build.Model));

    /// <summary>Binds its options for a model without traits.</summary>
    /// <exception cref="ConfigurationException">The variant's options are wrong.</exception>
    public StandaloneComponent Bind() => Bind(s_anyModel);

    /// <summary>Binds its options for a model.</summary>
    /// <exception cref="ConfigurationException">The variant's options are wrong, or it does not know a trait of the model.</exception>
    public StandaloneComponent Bind(ModelDescription model) => StandaloneComponent.Bind(Catalog, Role, Component, Variant.Options, model);

    /// <summary>Binds its options as those of a fold decorator.</summary>
    /// <exception cref="ConfigurationException">The variant's options are wrong.</exception>
    public StandaloneComponent BindFold() => StandaloneComponent.BindFold(Catalog, Component, Variant.Options, s_anyModel);

    /// <summary>Builds a scheduler.</summary>
    /// <param name="log">Told if a decision breaks a rule.</param>
    public JobScheduler CreateScheduler(Action<string> log) => StandaloneScheduler.Create(Catalog, Component, Variant.Options, log);

    /// <summary>Builds a drafter.</summary>
    /// <param name="build">The model and the limits.</param>
    public IDrafter CreateDrafter(DrafterBuild build)
    {
        using (((TestBuild)build.Context).Inside(static _ => throw new RefusedException("a drafter cannot be built on components"), Variant.Pack?.Invoke(build.Model)))
            return StandaloneDrafter.Create(Catalog, Component, Variant.Options, build);
    }

    /// <summary>Builds a depth policy.</summary>
    /// <param name="build">The model and the layers.</param>
    public IDepth CreateDepth(DepthBuild build)
    {
        using (((TestBuild)build.Context).Inside(static _ => throw new RefusedException("a depth policy cannot be built on components"), Variant.Pack?.Invoke(build.Model)))
            return StandaloneDepth.Create(Catalog, Component, Variant.Options, build);
    }

    // A component inside another one names no pack here.
    private static IDisposable Create(StandaloneComponent component, TestBuild build, TestPack? pack)
    {
        using (build.Inside(spec => Create(component.Inner(spec), build, pack: null), pack))
            return component.Create(build);
    }

    private bool BuildsElsewhere()
    {
        if (SkipReason is not null || Role is Roles.Cache or Roles.Fold or Roles.Scheduler or Roles.Drafter or Roles.Depth)
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
