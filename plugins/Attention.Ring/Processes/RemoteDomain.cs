using Attention.Ring.Native;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>The memory of another rank. Addresses are those of its process.</summary>
/// <param name="rank">The rank.</param>
internal sealed class RemoteDomain(RemoteRank rank) : IMemoryDomain
{
    public string Name => rank.Name;

    public bool IsHost => false;

    public nint Allocate(long bytes)
    {
        rank.Command(RankCommand.Allocate).Put(bytes);
        rank.Ask();
        return (nint)rank.Reply().Take<long>();
    }

    public void Free(nint address, long bytes)
    {
        // A rank that has ended has freed everything.
        if (rank.IsGone)
            return;

        MessageWriter command = rank.Command(RankCommand.Free);
        command.Put((long)address);
        command.Put(bytes);
    }

    public void Copy(in TensorView source, in TensorView destination)
    {
        if (!source.Shape.SequenceEqual(destination.Shape))
            throw new ArgumentException($"copy: {Shape.Text(source.Shape)} does not fit {Shape.Text(destination.Shape)}");

        if (source.Domain == this && destination.Domain == this)
        {
            MessageWriter command = rank.Command(RankCommand.CopyWithin);
            command.PutPlace(source);
            command.PutPlace(destination);
        }
        else if (destination.Domain == this)
        {
            MessageWriter command = rank.Command(RankCommand.CopyIn);
            command.PutPlace(destination);
            command.Put((int)source.Type);
            command.PutTensor(source);
        }
        else
        {
            rank.Command(RankCommand.CopyOut).PutPlace(source);
            rank.Ask();
            TensorView received = rank.Reply().TakeTensor(destination.Domain, source.Type, source.Shape);
            destination.Domain.Copy(received, destination);
        }
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        MessageWriter command = rank.Command(RankCommand.Append);
        command.PutPlace(heads.Key);
        command.PutPlace(heads.Value);
        command.PutAll<int>(slots.AsSpan<int>());
        command.PutPlace(pool.Keys);
        command.PutPlace(pool.Values);
    }

    public void Wait()
    {
        rank.Command(RankCommand.Wait);
        rank.Ask();
        rank.Reply();
    }
}
