using Attention.Ring.Native;

namespace Attention.Ring.Processes;

/// <summary>What a rank sends to rank 0 begins with a number: that of the message it replies to, or one of these.</summary>
internal static class RankReport
{
    /// <summary>The rank's <see cref="Processes.Greeting"/> follows.</summary>
    public const int Greeting = 0;

    /// <summary>The rank has ended; the reason follows.</summary>
    public const int Failure = -1;

    /// <summary>Tells rank 0 that this rank ends.</summary>
    public static void SendFailure(IRankLink link, string reason)
    {
        using NativeBuffer buffer = new();
        MessageWriter message = new(buffer);
        message.Put(Failure);
        message.Put(reason);
        try
        {
            link.Send(0, buffer.Bytes, patience: null);
        }
        catch (RankLostException)
        {
            // Nobody is left to be told.
        }
    }
}
