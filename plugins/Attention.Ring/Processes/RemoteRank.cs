using Attention.Ring.Native;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>
/// Another rank, as rank 0 sees it. Commands are gathered and sent as one message with the next command that wants a reply, so that a layer costs
/// one message each way.
/// </summary>
/// <param name="link">Connects the ranks.</param>
/// <param name="rank">The other rank, from 1 on.</param>
/// <param name="patience">How long to wait for a reply.</param>
internal sealed class RemoteRank(IRankLink link, int rank, TimeSpan patience) : IDisposable
{
    private const int WantsReplyAt = sizeof(int);
    private readonly NativeBuffer _sent = new(), _received = new();
    private int _number;
    private bool _isEnded;
    private string? _lost;

    /// <summary>Name for people.</summary>
    public string Name { get; } = $"ring rank {rank}";

    /// <summary>Its memory.</summary>
    public IMemoryDomain Domain => field ??= new RemoteDomain(this);

    /// <summary>Whether it can be asked nothing any more.</summary>
    public bool IsGone => _isEnded || _lost is not null;

    /// <summary>Starts a command.</summary>
    /// <returns>Takes what the command needs.</returns>
    /// <exception cref="DeviceLostException">The rank is lost.</exception>
    public MessageWriter Command(RankCommand command)
    {
        if (_lost is not null)
            throw Lost(_lost);
        ObjectDisposedException.ThrowIf(_isEnded, this);
        MessageWriter writer = new(_sent);
        if (_sent.Length == 0)
        {
            writer.Put(++_number);
            writer.Put(0);
        }

        writer.Put((int)command);
        return writer;
    }

    /// <summary>Sends the commands, of which the last one wants a reply.</summary>
    /// <exception cref="DeviceLostException">The rank is lost.</exception>
    public void Ask()
    {
        new MessageWriter(_sent).PutAt(WantsReplyAt, 1);
        Send();
    }

    /// <summary>Waits for the reply to what was asked last.</summary>
    /// <exception cref="DeviceLostException">The rank is lost.</exception>
    /// <exception cref="InsufficientMemoryException">Its memory is used up.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public MessageReader Reply()
    {
        MessageReader reply = Receive();
        while (reply.Take<int>() is { } number && number != _number)
        {
            if (number == RankReport.Failure)
                throw Lost(_lost = reply.TakeText());

            // Of a step that ended early.
            reply = Receive();
        }

        return (RankStatus)reply.Take<int>() switch
        {
            RankStatus.Done => reply,
            RankStatus.OutOfMemory => throw new InsufficientMemoryException(reply.TakeText()),
            _ => throw new InvalidOperationException($"{Name}: {reply.TakeText()}"),
        };
    }

    /// <summary>Tells the rank that the program ends.</summary>
    public void End()
    {
        if (IsGone)
            return;

        Command(RankCommand.End);
        _isEnded = true;
        try
        {
            Send();
        }
        catch (DeviceLostException)
        {
            // It has ended before.
        }
    }

    public void Dispose()
    {
        _isEnded = true;
        _sent.Dispose();
        _received.Dispose();
    }

    private MessageReader Receive()
    {
        try
        {
            link.Receive(rank, _received, patience);
            return new(_received);
        }
        catch (RankLostException lost)
        {
            throw Lost(_lost = lost.Message, lost);
        }
    }

    private void Send()
    {
        new MessageWriter(_sent).Put((int)RankCommand.None);
        try
        {
            link.Send(rank, _sent.Bytes, patience);
        }
        catch (RankLostException lost)
        {
            throw Lost(_lost = lost.Message, lost);
        }
        finally
        {
            _sent.Resize(0);
        }
    }

    private DeviceLostException Lost(string reason, Exception? cause = null) =>
        new($"{Name} is lost: {reason} What it kept is gone. Start all ranks again.", cause) { Domain = Domain };
}
