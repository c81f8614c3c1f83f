using Backend.Cpu.Attention;
using Backend.Cpu.Cache;
using Backend.Cpu.Experts;
using Backend.Cpu.Head;
using Backend.Cpu.Router;
using Spud;

namespace Backend.Cpu;

/// <summary>The built-in backend: every role on the CPU, in managed code.</summary>
public sealed class CpuBackendPlugin : ISpudPlugin
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
        PageTypes = [ElementType.F16, ElementType.F32, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0],
        FoldsPerHead = true,
        DefaultCache = "plain",
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

    /// <inheritdoc/>
    public void Register(IPluginRegistry registry)
    {
        registry.AddHead("cpu", CpuJson.Default.HeadOptions, HeadOffer, static (options, build) => new CpuHead(options, build));
        registry.AddAttention(
            "cpu", CpuJson.Default.AttentionOptions, AttentionOffer, static (options, build) => new CpuAttention(options, build));
        registry.AddCache("plain", CpuJson.Default.CacheOptions, new Offer { RowInvariant = true }, static (options, build) => new PlainCache(options, build));
        registry.AddRouter("top-k", CpuJson.Default.RouterOptions, RouterOffer, static (options, build) => new TopKRouter(options, build));
        registry.AddExperts(
            "cpu", CpuJson.Default.ExpertsOptions, ExpertsOffer, static (options, build) => new CpuExperts(options, build));
    }
}
