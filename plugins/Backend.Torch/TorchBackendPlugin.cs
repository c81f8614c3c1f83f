using Backend.Shared.Cache;
using Backend.Torch.Attention;
using Backend.Torch.Experts;
using Backend.Torch.Head;
using Backend.Torch.Native;
using Backend.Torch.Router;
using Spud;

namespace Backend.Torch;

/// <summary>Every role on libtorch, through TorchSharp.</summary>
public sealed class TorchBackendPlugin : ISpudPlugin
{
    private static readonly Offer HeadOffer = new() { Knows = [Trait.TiedHead, Trait.EmbeddingScale, Trait.LogitScale] };

    private static readonly Offer AttentionOffer = new()
    {
        Knows =
        [
            Trait.HeadNorm, Trait.FullNorm, Trait.ProjectionBias, Trait.OutputBias, Trait.AttentionPostNorm,
            Trait.AttentionResidualScale, Trait.ScoreScale, Trait.Window, Trait.Sinks,
        ],
        PageTypes = [ElementType.F32, ElementType.BF16, ElementType.F16, ElementType.Q8_0, ElementType.Q4_0],
        DefaultCache = "torch",
    };

    private static readonly Offer RouterOffer = new() { Knows = [Trait.Renormalise, Trait.GateBias] };

    private static readonly Offer ExpertsOffer = new()
    {
        Knows =
        [
            Trait.Gelu, Trait.ClampedSwiGlu, Trait.ExpertBias, Trait.SharedExpert, Trait.SharedGate, Trait.ExpertPostNorm,
            Trait.ExpertResidualScale,
        ],
    };

    /// <inheritdoc/>
    public string? Probe() => TorchLibrary.Missing;

    /// <inheritdoc/>
    public void Register(IPluginRegistry registry)
    {
        registry.AddHead("torch", TorchJson.Default.TorchOptions, HeadOffer, static (options, build) => new TorchHead(options, build));
        registry.AddAttention("torch", TorchJson.Default.TorchOptions, AttentionOffer, static (options, build) => new TorchAttention(options, build));
        registry.AddCache("torch", TorchJson.Default.CacheOptions, new Offer { RowInvariant = true }, static (options, build) => new ContiguousCache(options, build));
        registry.AddRouter("torch", TorchJson.Default.RouterOptions, RouterOffer, static (options, build) => new TorchRouter(options, build));
        registry.AddExperts("torch", TorchJson.Default.TorchOptions, ExpertsOffer, static (options, build) => new TorchExperts(options, build));
    }
}
