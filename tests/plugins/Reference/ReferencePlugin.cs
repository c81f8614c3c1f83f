using Spud;

namespace Reference;

/// <summary>Every role in plain, slow, double-precision arithmetic, on the host or on a device that is none.</summary>
public sealed class ReferencePlugin : ISpudPlugin
{
    private static readonly Offer HeadOffer = new()
    {
        Knows = [Trait.TiedHead, Trait.EmbeddingScale, Trait.LogitScale],
        RowInvariant = true,
    };

    private static readonly Offer AttentionOffer = new()
    {
        Knows =
        [
            Trait.HeadNorm, Trait.FullNorm, Trait.ProjectionBias, Trait.OutputBias, Trait.AttentionPostNorm,
            Trait.AttentionResidualScale, Trait.ScoreScale, Trait.Window, Trait.Sinks,
        ],
        PageTypes = [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0],
        FoldsPerHead = true,
        DefaultCache = "reference",
        AnyPositions = true,
        RowInvariant = true,
    };

    private static readonly Offer RouterOffer = new() { Knows = [Trait.Renormalise, Trait.GateBias], RowInvariant = true };

    private static readonly Offer ExpertsOffer = new()
    {
        Knows =
        [
            Trait.Gelu, Trait.ClampedSwiGlu, Trait.ExpertBias, Trait.SharedExpert, Trait.SharedGate, Trait.ExpertPostNorm,
            Trait.ExpertResidualScale,
        ],
        RowInvariant = true,
    };

    // A domain is a device, and there is one of each kind.
    private readonly Lock _gate = new();
    private readonly Dictionary<Fault, PretendDomain> _pretend = [];

    /// <inheritdoc/>
    public void Register(IPluginRegistry registry)
    {
        registry.AddHead("reference", ReferenceJson.Default.ReferenceOptions, HeadOffer, (options, build) => Head(options, build));
        registry.AddAttention("reference", ReferenceJson.Default.ReferenceOptions, AttentionOffer, (options, build) => Attention(options, build));
        registry.AddCache("reference", ReferenceJson.Default.CacheOptions, static (options, _) => CacheOffer(options), (options, build) => Cache(options, build));
        registry.AddCache("recent", ReferenceJson.Default.RecentOptions, new Offer(), static (options, build) => new RecentCache(options, build));
        registry.AddCache("streaming", ReferenceJson.Default.StreamingOptions, new Offer(), (options, build) => Cache(options, build));
        registry.AddCache("observed", ReferenceJson.Default.ObservedOptions, new Offer(), static (options, build) =>
            options.Fault == Fault.None ? new ObservedCache(options, build) : new FaultyObservedCache(new ObservedCache(options, build), build));
        registry.AddRouter("reference", ReferenceJson.Default.ReferenceOptions, RouterOffer, (options, build) => Router(options, build));
        registry.AddRouter("prompt", ReferenceJson.Default.PromptRouterOptions, RouterOffer, static (options, build) =>
            options.Fault == Fault.None ? new PromptRouter(options, build) : new FaultyPromptRouter(new PromptRouter(options, build), build));
        registry.AddExperts("reference", ReferenceJson.Default.ReferenceOptions, ExpertsOffer, (options, build) => Experts(options, build));
        registry.AddDrafter("reference", ReferenceJson.Default.DrafterOptions, static (options, build) =>
            options.Fault == Fault.None ? new ReferenceDrafter(options, build) : new FaultyDrafter(options, build));
        registry.AddDepth("reference", ReferenceJson.Default.DepthOptions, static (options, build) => new ReferenceDepth(build, options.Fault));
        registry.AddDepth("leaving", ReferenceJson.Default.DepthOptions, static (options, build) => new LeavingDepth(build, options.Fault));
        registry.AddFold("split", ReferenceJson.Default.SplitOptions, new Offer(), static (options, build, inner) => Fold(options, build, inner));
        registry.AddScheduler("reference", ReferenceJson.Default.SchedulerOptions, static options => new ReferenceScheduler(options.Fault));
    }

    // What is forgotten depends on where a step ends, and so on the company that a row has.
    private static Offer CacheOffer(CacheOptions options) => new() { RowInvariant = options.Keep is null && options.Fault != Fault.KeepsLastOnly };

    private IHead Head(ReferenceOptions options, IBuildContext build) => options.Fault == Fault.None
        ? new ReferenceHead(build, DomainOf(options, build))
        : new FaultyHead(() => new ReferenceHead(build, DomainOf(options, build)), options.Fault, build);

    private IAttention Attention(ReferenceOptions options, IBuildContext build)
    {
        ReferenceAttention attention = new(Seen(options, build), DomainOf(options, build));
        return options.Fault == Fault.None ? attention : new FaultyAttention(attention, options.Fault, build);
    }

    private static ICachePolicy Cache(CacheOptions options, IBuildContext build)
    {
        ReferenceCache cache = new(options, build);
        return options.Fault == Fault.None ? cache : new FaultyCache(cache, options.Fault, build);
    }

    private static ICachePolicy Cache(StreamingOptions options, IBuildContext build)
    {
        StreamingCache cache = new(options, build);
        return options.Fault == Fault.None ? cache : new FaultyCache(cache, options.Fault, build);
    }

    private IRouter Router(ReferenceOptions options, IBuildContext build)
    {
        ReferenceRouter router = new(Seen(options, build), DomainOf(options, build));
        return options.Fault == Fault.None ? router : new FaultyRouter(router, options.Fault);
    }

    private IExperts Experts(ReferenceOptions options, IBuildContext build)
    {
        ReferenceExperts experts = new(Seen(options, build), DomainOf(options, build));
        return options.Fault == Fault.None ? experts : new FaultyExperts(experts, options.Fault, build);
    }

    private static IFold Fold(SplitOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        SplitFold fold = new(options, build, inner);
        return options.Fault == Fault.None ? fold : new FaultySplitFold(fold, options.Fault, build);
    }

    private static IBuildContext Seen(ReferenceOptions options, IBuildContext build) =>
        options.Fault == Fault.IgnoresTraits ? new TraitlessBuild(build) : build;

    private IMemoryDomain DomainOf(ReferenceOptions options, IBuildContext build)
    {
        if (options.Device == Device.Host)
            return build.Host;
        if (options.Fault == Fault.HasOwnDomain)
            return new PretendDomain(build.Host, Fault.None);

        Fault fault = PretendDomain.Has(options.Fault) ? options.Fault : Fault.None;
        lock (_gate)
        {
            if (!_pretend.TryGetValue(fault, out PretendDomain? domain))
                _pretend[fault] = domain = new PretendDomain(build.Host, fault);
            return domain;
        }
    }
}
