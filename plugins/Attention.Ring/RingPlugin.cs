using Attention.Ring.Native;
using Attention.Ring.Processes;
using Spud;

namespace Attention.Ring;

/// <summary>A fold decorator that distributes the keys of a text over ranks, which fold in parallel.</summary>
public sealed class RingPlugin : ISpudPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddFold("ring", RingJson.Default.RingOptions, new Offer(), Make);

    private static IFold Make(RingOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        if (!build.Domain.IsHost)
            throw new RefusedException($"its ranks fold in host memory, but the attention works in {build.Domain.Name} memory. Use an attention on the processor, such as 'cpu'.");

        return options.Transport == Transport.Threads ? new LocalRing(options, build, inner) : Join(MpiLink.Open(options), options, build, inner);
    }

    /// <summary>This process's part in a ring of processes.</summary>
    /// <param name="link">Connects the ranks; disposed by the fold.</param>
    /// <param name="options">Options of the decorator.</param>
    /// <param name="build">Model and memory.</param>
    /// <param name="inner">Makes the fold inside.</param>
    internal static IFold Join(IRankLink link, RingOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        try
        {
            return link.Rank == 0 ? new ProcessRing(link, options, build, inner) : new ServingRing(link, options, build, inner);
        }
        catch (Exception fault)
        {
            if (link.Rank > 0)
                RankReport.SendFailure(link, fault.Message);

            link.Dispose();
            throw;
        }
    }
}
