namespace Spud.Host;

/// <summary>When the tokens of one request came.</summary>
internal sealed class RequestTimes
{
    private readonly List<double> _gaps = [];
    private TimeSpan _last;

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Fault { get; set; }

    /// <summary>From sending it to its first text; zero without any.</summary>
    public TimeSpan First { get; private set; }

    /// <summary>Parts of text.</summary>
    public int Parts { get; private set; }

    /// <summary>Milliseconds between parts.</summary>
    public IReadOnlyList<double> Gaps => _gaps;

    /// <summary>Notes a part of text.</summary>
    /// <param name="at">Time since it was sent.</param>
    public void Add(TimeSpan at)
    {
        if (Parts++ == 0)
            First = at;
        else
            _gaps.Add((at - _last).TotalMilliseconds);

        _last = at;
    }
}
