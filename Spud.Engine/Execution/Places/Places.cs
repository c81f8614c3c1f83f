using Spud.Composition;

namespace Spud.Execution;

/// <summary>The memory domains of a pipeline: the host's, and those of the devices that its components work on.</summary>
internal sealed class Places
{
    private readonly MemoryAccount _account;
    private readonly ModelDescription _model;
    private readonly Limits _limits;
    private readonly int _expertsPerRow;
    private readonly List<Place> _devices = [];
    private readonly PlanBuffers?[] _mirrors;

    /// <param name="account">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="model">The model.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="expertsPerRow">K of the routers' plans; 0 where every layer is dense.</param>
    public Places(MemoryAccount account, IMemoryDomain host, ModelDescription model, Limits limits, int expertsPerRow)
    {
        (_account, _model, _limits, _expertsPerRow) = (account, model, limits, Math.Max(1, expertsPerRow));
        _mirrors = new PlanBuffers?[model.Layers.Length];
        long before = account.HostBytes;
        Host = new Place(account, host, model, limits);
        Host.ServePlans(_expertsPerRow, one: null);
        Stream = new ResidualStream(Host);
        HostBytes = account.HostBytes - before;
    }

    /// <summary>The host's.</summary>
    public Place Host { get; }

    /// <summary>What runs through them.</summary>
    public ResidualStream Stream { get; }

    /// <summary>All others.</summary>
    public IReadOnlyList<Place> Devices => _devices;

    /// <summary>Host memory that the buffers take.</summary>
    public long HostBytes { get; private set; }

    /// <summary>The place of a component, with what its role needs there.</summary>
    public Place Of(IDisposable component, string role)
    {
        long before = _account.HostBytes;
        Place place = component is IComponent { Domain: { IsHost: false } domain } ? Device(domain) : Host;
        switch (role)
        {
            case Roles.Head:
                place.ServeHead();
                break;
            case Roles.Attention:
                place.ServeAttention();
                break;
            case Roles.Router or Roles.Experts:
                place.ServePlans(_expertsPerRow, Host.One);
                break;
        }

        HostBytes += _account.HostBytes - before;
        return place;
    }

    /// <summary>The host's copy of a layer's plan that was made on a device.</summary>
    public PlanBuffers Mirror(int layer) => _mirrors[layer]!;

    /// <summary>Makes room for the mirror of a layer whose router is on a device.</summary>
    public void Mirror(int layer, Placed<IRouter> router)
    {
        if (router.Place.IsHost || _mirrors[layer] is not null)
            return;

        long before = _account.HostBytes;
        _mirrors[layer] = new PlanBuffers(_account, Host.Domain, _limits.Rows, _expertsPerRow);
        HostBytes += _account.HostBytes - before;
    }

    /// <summary>Brings a step to every place.</summary>
    public void Begin(Batch batch)
    {
        Host.Begin(batch);
        foreach (Place device in _devices)
            device.Begin(batch);
    }

    /// <summary>Queues a copy between a device and the host, or inside one of them.</summary>
    public static void Copy(in TensorView from, in TensorView to) => (from.Domain.IsHost ? to.Domain : from.Domain).Copy(from, to);

    /// <summary>Queues a copy of a plan.</summary>
    public static void Copy(in RoutingPlan from, in RoutingPlan to)
    {
        Copy(from.Offsets, to.Offsets);
        Copy(from.Experts, to.Experts);
        Copy(from.Weights, to.Weights);
    }

    private Place Device(IMemoryDomain domain)
    {
        if (_devices.Find(known => known.Domain == domain) is { } place)
            return place;

        place = new Place(_account, domain, _model, _limits);
        _devices.Add(place);
        return place;
    }
}
