using System.Collections.Immutable;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>Ring attention over processes, in a rank that serves rank 0. Its pipeline runs no steps: its own pages are placeholders.</summary>
internal sealed class ServingRing : IFold, IServesProgram
{
    private readonly IRankLink _link;
    private readonly RankServer _server;
    private bool _hasServed;

    /// <param name="link">Connects the ranks; disposed with this.</param>
    /// <param name="options">Options of the decorator.</param>
    /// <param name="build">Model, threads and memory.</param>
    /// <param name="inner">Makes the fold of this rank.</param>
    public ServingRing(IRankLink link, RingOptions options, IFoldBuildContext build, Func<FoldRank, IFold> inner)
    {
        _link = link;
        RankDomain memory = new(build.Host, link.Rank, options.MemoryBytes);
        IFold fold = inner(new() { Domain = memory, Pool = build.Pool });
        Greeting.Of(options, build).Send(link);
        _server = new(link, build, memory, fold);
        Shards = new(ImmutableArray.Create<IMemoryDomain>(new PlaceholderDomain()), static _ => 0);
    }

    public FoldShards Shards { get; }

    public bool IsServer => true;

    public void Serve()
    {
        _hasServed = true;
        try
        {
            _server.Serve();
        }
        catch (RankLostException lost)
        {
            throw new DeviceLostException($"ring rank {_link.Rank} on {_link.Machine} ends, because rank 0, the program, is lost: {lost.Message} Start all ranks again.", lost) { Domain = Shards.Domains[0] };
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state) =>
        throw new InvalidOperationException($"rank {_link.Rank} serves rank 0 and runs no steps of its own.");

    public void Dispose()
    {
        if (!_hasServed)
            RankReport.SendFailure(_link, "its pipeline could not be built.");
        _server.Dispose();
        _link.Dispose();
    }
}
