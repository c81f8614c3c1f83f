using Spud;

namespace Frozen;

/// <summary>All five roles, computing plainly, on the host or on a device of the plugin's own.</summary>
public sealed class FrozenPlugin : ISpudPlugin
{
    private FrozenDevice? _device;

    public string? Probe() => ContractVersion.Major == 1 ? null : "made for contract 1";

    public void Register(IPluginRegistry registry)
    {
        Offer head = new() { Knows = [Trait.TiedHead, Trait.EmbeddingScale, Trait.LogitScale], RowInvariant = true };
        Offer attention = new() { Knows = [Trait.ScoreScale, Trait.AttentionResidualScale], PageTypes = [ElementType.F32, ElementType.F16], DefaultCache = "frozen", RowInvariant = true };
        Offer router = new() { Knows = [Trait.Renormalise], RowInvariant = true };
        Offer experts = new() { Knows = [Trait.ExpertResidualScale], NativeThreads = "none" };
        registry.AddHead("frozen", FrozenJson.Default.FrozenOptions, head, (options, build) => new FrozenHead(build, DomainOf(options, build)));
        registry.AddAttention("frozen", FrozenJson.Default.FrozenOptions, attention, (options, build) => new FrozenAttention(build, DomainOf(options, build)));
        registry.AddCache("frozen", FrozenJson.Default.FrozenCacheOptions, new Offer(), static (options, build) => new FrozenCache(options, build));
        registry.AddRouter("frozen", FrozenJson.Default.FrozenRouterOptions, router, static (options, build) => new FrozenRouter(options, build));
        registry.AddExperts("frozen", FrozenJson.Default.FrozenOptions, experts, (options, build) => new FrozenExperts(build, DomainOf(options, build)));
    }

    private IMemoryDomain DomainOf(FrozenOptions options, IBuildContext build)
    {
        if (!options.Device)
            return build.Host;

        _device ??= new FrozenDevice(build.Host);
        _device.IsLost = options.Lose;
        return _device;
    }
}
