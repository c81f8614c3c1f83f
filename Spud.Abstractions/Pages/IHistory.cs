namespace Spud;

/// <summary>One layer of one sequence between two steps, as a cache policy sees it. Changes take effect when Review returns.</summary>
public interface IHistory
{
    /// <summary>Committed tokens, kept or not.</summary>
    int Tokens { get; }

    /// <summary>Kept runs, oldest first.</summary>
    ReadOnlySpan<KeyRun> Runs { get; }

    /// <summary>Forgets keys of a run; the host frees pages that nothing keeps any more.</summary>
    /// <param name="run">Index into <see cref="Runs"/>.</param>
    /// <param name="firstKey">First key of the run that goes, 0 .. Keys - 1.</param>
    /// <param name="keys">How many go, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such keys.</exception>
    void Drop(int run, int firstKey, int keys);
}
