using Spud;

namespace Attention.DualChunk;

/// <summary>A fold decorator that lets a model read longer texts than it was trained on.</summary>
public sealed class DualChunkPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddFold(
        "dual-chunk",
        DualChunkJson.Default.DualChunkOptions,
        new Offer(),
        static (options, build, inner) => new DualChunkFold(options, build, inner));
}
