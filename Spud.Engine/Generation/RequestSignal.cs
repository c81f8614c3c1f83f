namespace Spud.Generation;

/// <summary>Says that a request of a queue was cancelled, or that its bid was raised, so that the loop need not look at thousands of them at every step.</summary>
internal sealed class RequestSignal
{
    private int _isSet;

    public void Set() => Volatile.Write(ref _isSet, 1);

    /// <summary>Whether it was set since the last call.</summary>
    public bool Take() => Interlocked.Exchange(ref _isSet, 0) != 0;
}
