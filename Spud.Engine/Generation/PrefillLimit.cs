namespace Spud.Generation;

/// <summary>
/// How many rows a step may have while answers are generated, so that reading a prompt beside them does not delay their next tokens too long. It is
/// adjusted to the durations of the steps that ran: rows cost more as a text grows, and when the machine is busy.
/// </summary>
/// <param name="maxRows">Rows of the largest step.</param>
/// <param name="gap">Time between two tokens of an answer that should rarely be exceeded.</param>
internal sealed class PrefillLimit(int maxRows, TimeSpan gap)
{
    /// <summary>Prompts always progress by at least this many rows a step, whatever a step takes.</summary>
    public const int MinRows = 4;

    // Steps vary: the aim leaves room for the slow ones. Steps smaller than this part of the limit say little about larger ones.
    private const double Aim = 0.6;
    private const int MinPart = 4;

    private bool _isMeasured;

    /// <summary>Maximum rows of the next step, those of answers included.</summary>
    public int Rows { get; private set; } = Math.Min(maxRows, 4 * MinRows);

    /// <summary>Duration of the last step that was large enough to tell, by row; 0 if there was none.</summary>
    public double SecondsPerRow { get; private set; }

    /// <summary>Takes the duration of a step into account.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="time">Its duration.</param>
    public void Observe(int rows, TimeSpan time)
    {
        if (rows == 0 || (_isMeasured && rows < Rows / MinPart && time < gap))
            return;

        // A step costs something even without rows, so a small one overestimates the cost of a row: the limit approaches the aim from below.
        double fit = gap.TotalSeconds * Aim * rows / Math.Max(time.TotalSeconds, 1e-9);
        Rows = (int)Math.Clamp(fit, Math.Min(MinRows, maxRows), maxRows);
        SecondsPerRow = time.TotalSeconds / rows;
        _isMeasured = true;
    }
}
