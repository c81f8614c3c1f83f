using Spud.Configuration;

namespace Spud.Execution;

/// <summary>The memory domains of a pipeline: the host's, and those of its components' devices.</summary>
internal sealed class StepDomains
{
    private readonly MemoryAccount _account;
    private readonly ModelDescription _model;
    private readonly Limits _limits;
    private readonly int _expertsPerRow;
    private readonly List<StepDomain> _devices = [];
    private readonly PlanBuffers?[] _mirrors;

    /// <param name="account">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="model">The model.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="expertsPerRow">K of the routers' plans; 0 if every layer is dense.</param>
    public StepDomains(MemoryAccount account, IMemoryDomain host, ModelDescription model, Limits limits, int expertsPerRow)
    {
        (_account, _model, _limits, _expertsPerRow) = (account, model, limits, Math.Max(1, expertsPerRow));
        _mirrors = new PlanBuffers?[model.Layers.Length];
        long before = account.HostBytes;
        Host = new StepDomain(account, host, model, limits);
        Host.ServePlans(_expertsPerRow, densePlan: null);
        HostBytes = account.HostBytes - before;
    }

    /// <summary>The host's domain.</summary>
    public StepDomain Host { get; }

    /// <summary>All other domains.</summary>
    public IReadOnlyList<StepDomain> Devices => _devices;

    /// <summary>Bytes of host memory used by the buffers.</summary>
    public long HostBytes { get; private set; }

    /// <summary>The domain of a component, with the buffers for its role.</summary>
    public StepDomain Of(IDisposable component, Role role)
    {
        long before = _account.HostBytes;
        StepDomain domain = component is IComponent { Domain: { IsHost: false } memory } ? Device(memory) : Host;
        Serve(domain, role.Buffers);
        HostBytes += _account.HostBytes - before;
        return domain;
    }

    /// <summary>A memory domain with the step's buffers.</summary>
    public StepDomain Of(IMemoryDomain memory) => memory.IsHost ? Host : Device(memory);

    /// <summary>Host buffers for a layer's plan that is made on a device.</summary>
    public PlanBuffers Mirror(int layer)
    {
        if (_mirrors[layer] is { } mirror)
            return mirror;

        long before = _account.HostBytes;
        mirror = _mirrors[layer] = new PlanBuffers(_account, Host.Memory, _limits.Rows, _expertsPerRow);
        HostBytes += _account.HostBytes - before;
        return mirror;
    }

    private void Serve(StepDomain domain, RoleBuffers buffers)
    {
        switch (buffers)
        {
            case RoleBuffers.Head:
                domain.ServeHead();
                break;
            case RoleBuffers.Attention:
                domain.ServeAttention();
                break;
            case RoleBuffers.Plans:
                domain.ServePlans(_expertsPerRow, Host.DensePlan);
                break;
        }
    }

    private StepDomain Device(IMemoryDomain memory)
    {
        if (_devices.Find(known => known.Memory == memory) is { } device)
            return device;

        device = new StepDomain(_account, memory, _model, _limits);
        _devices.Add(device);
        return device;
    }
}
