using Spud;

namespace Attention.Ring;

/// <summary>A fold decorator that distributes the keys of a text over ranks, which fold in parallel.</summary>
public sealed class RingPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddFold(
        "ring",
        RingJson.Default.RingOptions,
        new Offer(),
        static (options, build, inner) => new RingFold(options, build, inner));
}
