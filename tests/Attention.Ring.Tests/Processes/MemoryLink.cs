using System.Collections.Concurrent;
using Attention.Ring.Native;
using Attention.Ring.Processes;

namespace Attention.Ring.Tests.Processes;

/// <summary>Connects ranks that are threads of the test.</summary>
internal sealed class MemoryLink : IRankLink
{
    private readonly BlockingCollection<byte[]>[,] _messages;

    private MemoryLink(int rank, BlockingCollection<byte[]>[,] messages) => (Rank, _messages) = (rank, messages);

    public int Rank { get; }

    public int Ranks => _messages.GetLength(0);

    public string Machine => $"machine{Rank}";

    /// <summary>Bytes that this rank sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Messages that this rank sent.</summary>
    public int SentMessages { get; private set; }

    public static MemoryLink[] Connect(int ranks)
    {
        BlockingCollection<byte[]>[,] messages = new BlockingCollection<byte[]>[ranks, ranks];
        for (int from = 0; from < ranks; from++)
        {
            for (int to = 0; to < ranks; to++)
                messages[from, to] = [];
        }

        return [.. Enumerable.Range(0, ranks).Select(rank => new MemoryLink(rank, messages))];
    }

    /// <summary>From now on this rank reaches no other one, and none reaches it.</summary>
    public void Cut()
    {
        for (int rank = 0; rank < Ranks; rank++)
        {
            _messages[Rank, rank].CompleteAdding();
            _messages[rank, Rank].CompleteAdding();
        }
    }

    public void Send(int to, ReadOnlySpan<byte> message, TimeSpan? patience)
    {
        if (_messages[Rank, to].IsAddingCompleted)
            throw new RankLostException("the wire was cut.");

        SentBytes += message.Length;
        SentMessages++;
        _messages[Rank, to].Add(message.ToArray());
    }

    public void Receive(int from, NativeBuffer message, TimeSpan? patience)
    {
        if (!_messages[from, Rank].TryTake(out byte[]? came, patience ?? Timeout.InfiniteTimeSpan))
            throw new RankLostException("it has not answered.");

        message.Resize(came.Length);
        came.CopyTo(message.Bytes);
    }

    public void Dispose()
    {
    }
}
