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
        DefaultCache = "reference",
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

    // A domain is a device, and there is one.
    private readonly Lock _gate = new();
    private PretendDomain? _pretend;

    /// <inheritdoc/>
    public void Register(IPluginRegistry registry)
    {
        registry.AddHead("reference", ReferenceJson.Default.ReferenceOptions, HeadOffer, (options, build) => new ReferenceHead(options, build, DomainOf(options, build)));
        registry.AddAttention(
            "reference", ReferenceJson.Default.ReferenceOptions, AttentionOffer, (options, build) => new ReferenceAttention(options, build, DomainOf(options, build)));
        registry.AddCache("reference", ReferenceJson.Default.CacheOptions, new Offer { RowInvariant = true }, (options, build) => new ReferenceCache(options, build));
        registry.AddRouter("reference", ReferenceJson.Default.ReferenceOptions, RouterOffer, (options, build) => new ReferenceRouter(options, build, DomainOf(options, build)));
        registry.AddExperts(
            "reference", ReferenceJson.Default.ReferenceOptions, ExpertsOffer, (options, build) => new ReferenceExperts(options, build, DomainOf(options, build)));
    }

    private IMemoryDomain DomainOf(ReferenceOptions options, IBuildContext build)
    {
        if (options.Device == Device.Host)
            return build.Host;

        lock (_gate)
            return _pretend ??= new PretendDomain(build.Host);
    }
}
