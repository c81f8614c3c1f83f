using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Spud.Configuration;

namespace Spud.Plugins;

/// <summary>Collects what a plugin registers, and checks it against the manifest.</summary>
internal sealed class PluginRegistry(string folder, PluginManifest manifest) : IPluginRegistry
{
    private readonly List<RegisteredComponent> _components = [];
    private readonly List<string> _faults = [];
    private bool _closed;

    public void AddHead<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IHead> create) =>
        Add(name, options, offer, null, create);

    public void AddHead<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IHead> create) =>
        Add(name, options, new Offer(), offer ?? throw new ArgumentNullException(nameof(offer)), create);

    public void AddAttention<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IAttention> create) =>
        Add(name, options, offer, null, create);

    public void AddAttention<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IAttention> create) =>
        Add(name, options, new Offer(), offer ?? throw new ArgumentNullException(nameof(offer)), create);

    public void AddCache<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, ICachePolicy> create) =>
        Add(name, options, offer, null, create);

    public void AddCache<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, ICachePolicy> create) =>
        Add(name, options, new Offer(), offer ?? throw new ArgumentNullException(nameof(offer)), create);

    public void AddRouter<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IRouter> create) =>
        Add(name, options, offer, null, create);

    public void AddRouter<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IRouter> create) =>
        Add(name, options, new Offer(), offer ?? throw new ArgumentNullException(nameof(offer)), create);

    public void AddExperts<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IExperts> create) =>
        Add(name, options, offer, null, create);

    public void AddExperts<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IExperts> create) =>
        Add(name, options, new Offer(), offer ?? throw new ArgumentNullException(nameof(offer)), create);

    public void AddFold<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IFoldBuildContext, Func<FoldRank, IFold>, IFold> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Add(Roles.Fold, name, options, offer, null, static (_, _) => throw new NotSupportedException("a fold is built around an attention's"), (bound, build, inner) => create((TOptions)bound, build, inner));
    }

    public void AddScheduler<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IScheduler> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Add(Roles.Scheduler, name, options, new Offer(), null, static (_, _) => throw new NotSupportedException("a scheduler is built without a model"), null, bound => create((TOptions)bound));
    }

    public void AddDrafter<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, DrafterBuild, IDrafter> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Add(Roles.Drafter, name, options, new Offer(), null, static (_, _) => throw new NotSupportedException("a drafter serves no layers"), null, createDrafter: (bound, build) => create((TOptions)bound, build));
    }

    public void AddDepth<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, DepthBuild, IDepth> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Add(Roles.Depth, name, options, new Offer(), null, static (_, _) => throw new NotSupportedException("a depth policy computes nothing"), null, createDepth: (bound, build) => create((TOptions)bound, build));
    }

    /// <summary>Ends registration.</summary>
    /// <exception cref="PluginException">The registered components differ from those in the manifest, or an options class is rejected; contains all faults.</exception>
    public ImmutableArray<RegisteredComponent> Close()
    {
        _closed = true;
        foreach ((string role, ImmutableArray<string> names) in manifest.Components)
        {
            foreach (string name in names.Where(name => Find(role, name) is null))
                _faults.Add($"{PluginManifest.FileName} offers {role} '{name}', which Register does not add. Add it, or take it out of the manifest.");
        }

        return _faults.Count == 0
            ? [.. _components]
            : throw new PluginException(PluginState.Faulty, string.Join(' ', _faults));
    }

    private void Add<TOptions, TComponent>(
        string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IOffers, Offer>? offers, Func<TOptions, IBuildContext, TComponent> create)
        where TComponent : class, IDisposable
    {
        ArgumentNullException.ThrowIfNull(create);
        Add(Role.Of<TComponent>().Name, name, options, offer, offers is null ? null : (bound, others) => offers((TOptions)bound, others), (bound, build) => create((TOptions)bound, build), null);
    }

    private void Add(
        string role,
        string name,
        JsonTypeInfo options,
        Offer offer,
        Func<object, IOffers, Offer>? offers,
        Func<object, IBuildContext, IDisposable> create,
        Func<object, IFoldBuildContext, Func<FoldRank, IFold>, IFold>? createFold,
        Func<object, IScheduler>? createScheduler = null,
        Func<object, DrafterBuild, IDrafter>? createDrafter = null,
        Func<object, DepthBuild, IDepth>? createDepth = null)
    {
        if (_closed)
            throw new InvalidOperationException("Components are registered inside Register, not later.");
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(offer);
        if (Find(role, name) is not null)
            _faults.Add($"Register adds {role} '{name}' twice. Give one another name.");
        if (!manifest.Components.GetValueOrDefault(role, []).Contains(name))
            _faults.Add($"Register adds {role} '{name}', which {PluginManifest.FileName} does not offer. Name it there, or do not add it.");
        if (OptionsClass.Refusal(options) is { } refusal)
            _faults.Add($"{role} '{name}': {refusal}");
        _components.Add(new RegisteredComponent
        {
            Role = role,
            Name = name,
            PluginId = manifest.Id,
            PluginVersion = manifest.Version,
            Folder = folder,
            Offer = offer,
            Offers = offers,
            Options = options,
            Create = create,
            CreateFold = createFold,
            CreateScheduler = createScheduler,
            CreateDrafter = createDrafter,
            CreateDepth = createDepth,
        });
    }

    private RegisteredComponent? Find(string role, string name) => _components.Find(component => component.Role == role && component.Name == name);
}
