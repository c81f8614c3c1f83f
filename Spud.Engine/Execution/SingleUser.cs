namespace Spud.Execution;

/// <summary>Allows one thread at a time to use an engine; a second one is refused.</summary>
internal sealed class SingleUser
{
    private int _thread;

    /// <summary>Whether a step is running: its components may not call the engine.</summary>
    public bool IsInStep { get; set; }

    /// <summary>Makes the calling thread the user until the turn is disposed. A user may take nested turns, but not within a step.</summary>
    /// <exception cref="InvalidOperationException">There is another user, or a step is running.</exception>
    public Turn Take()
    {
        int self = Environment.CurrentManagedThreadId, user = Interlocked.CompareExchange(ref _thread, self, 0);
        if (user == 0)
            return new Turn(this);
        if (user == self && !IsInStep)
            return default;

        throw new InvalidOperationException(user == self
            ? "The engine is in use: a component cannot call it in the middle of a step."
            : "The engine is in use by another thread. One thread at a time runs steps, and opens, changes or disposes sequences and batches.");
    }

    /// <summary>Waits until the engine is free and takes a turn.</summary>
    public Turn Wait()
    {
        SpinWait wait = default;
        while (Interlocked.CompareExchange(ref _thread, Environment.CurrentManagedThreadId, 0) != 0)
            wait.SpinOnce();

        return new Turn(this);
    }

    /// <summary>While it lasts, the calling thread is the only user.</summary>
    internal readonly ref struct Turn(SingleUser? user)
    {
        public void Dispose()
        {
            if (user is not null)
                Volatile.Write(ref user._thread, 0);
        }
    }
}
