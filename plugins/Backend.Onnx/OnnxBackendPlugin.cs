using Backend.Onnx.Attention;
using Backend.Onnx.Experts;
using Backend.Onnx.Head;
using Backend.Onnx.Native;
using Backend.Onnx.Router;
using Backend.Onnx.Shared;
using Backend.Shared.Cache;
using Spud;

namespace Backend.Onnx;

/// <summary>Every role as ONNX Runtime graphs, built in memory from the model's weights.</summary>
public sealed class OnnxBackendPlugin : ISpudPlugin
{
    private const string Threads = "onnxruntime";

    private static readonly Offer HeadOffer = new()
    {
        Knows = [Trait.TiedHead, Trait.EmbeddingScale, Trait.LogitScale],
        NativeThreads = Threads,
    };

    private static readonly Offer AttentionOffer = new()
    {
        Knows =
        [
            Trait.HeadNorm, Trait.FullNorm, Trait.ProjectionBias, Trait.OutputBias, Trait.AttentionPostNorm,
            Trait.AttentionResidualScale, Trait.ScoreScale, Trait.Window, Trait.Sinks,
        ],
        PageTypes = [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0],
        DefaultCache = "contiguous",
        NativeThreads = Threads,
    };

    private static readonly Offer RouterOffer = new() { Knows = [Trait.Renormalise, Trait.GateBias], NativeThreads = Threads };

    private static readonly Offer ExpertsOffer = new()
    {
        Knows =
        [
            Trait.Gelu, Trait.ClampedSwiGlu, Trait.ExpertBias, Trait.SharedExpert, Trait.SharedGate, Trait.ExpertPostNorm,
            Trait.ExpertResidualScale,
        ],
        NativeThreads = Threads,
    };

    /// <inheritdoc/>
    public string? Probe() => OrtLibrary.Problem();

    /// <inheritdoc/>
    public void Register(IPluginRegistry registry)
    {
        registry.AddHead("onnx", OnnxJson.Default.HeadOptions, HeadOffer, static (options, build) =>
            Sessions.Build(build, options, sessions => new OnnxHead(options, build, sessions)));
        registry.AddAttention("onnx", OnnxJson.Default.AttentionOptions, AttentionOffer, static (options, build) =>
            Sessions.Build(build, options, sessions => new OnnxAttention(options, build, sessions)));
        registry.AddCache("contiguous", OnnxJson.Default.CacheOptions, new Offer { RowInvariant = true }, static (options, build) =>
            new ContiguousCache(options, build));
        registry.AddRouter("onnx", OnnxJson.Default.RouterOptions, RouterOffer, static (options, build) =>
            Sessions.Build(build, options, sessions => new OnnxRouter(options, build, sessions)));
        registry.AddExperts("onnx", OnnxJson.Default.ExpertsOptions, ExpertsOffer, static (options, build) =>
            Sessions.Build(build, options, sessions => new OnnxExperts(options, build, sessions)));
    }
}
