namespace Spud.Conformance.Rigs;

/// <summary>A history whose drops are forgotten, so that a review can be repeated.</summary>
internal sealed class QuietHistory(IHistory history) : IHistory
{
    public int Tokens => history.Tokens;

    public ReadOnlySpan<KeyRun> Runs => history.Runs;

    public void Drop(int run, int firstKey, int keys)
    {
        if ((uint)run >= (uint)Runs.Length || firstKey < 0 || keys < 1 || firstKey > Runs[run].Keys - keys)
            throw new ArgumentOutOfRangeException(nameof(run), $"drop: keys {firstKey} .. {firstKey + keys} of run {run}");
    }
}
