using Attention.Ring.Native;

namespace Attention.Ring.Processes;

/// <summary>Connects the processes of a ring: messages of any length between rank 0, the program, and each other rank, in order. Used by one thread at a time.</summary>
internal interface IRankLink : IDisposable
{
    /// <summary>This process.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Ranks { get; }

    /// <summary>Machine of this process.</summary>
    string Machine { get; }

    /// <summary>Sends a message, which may be changed when this returns.</summary>
    /// <param name="to">The rank.</param>
    /// <param name="message">The message.</param>
    /// <param name="patience">How long to wait until the rank takes it; null while rank 0, the receiver, lives.</param>
    /// <exception cref="RankLostException">The rank does not take it.</exception>
    void Send(int to, ReadOnlySpan<byte> message, TimeSpan? patience);

    /// <summary>Waits for the next message of a rank.</summary>
    /// <param name="from">The rank.</param>
    /// <param name="message">Receives it.</param>
    /// <param name="patience">How long to wait; null while rank 0, the sender, lives.</param>
    /// <exception cref="RankLostException">None came.</exception>
    void Receive(int from, NativeBuffer message, TimeSpan? patience);
}
