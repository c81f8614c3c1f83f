namespace Spud.Generation;

/// <summary>
/// How much longer a step takes with rows of drafted tokens than without, for steps that have the same number of other rows. Measured from the steps that
/// run, smoothed; what has not been measured is extrapolated, at first from a row costing a quarter of a step of one row.
/// </summary>
internal sealed class StepTimes
{
    /// <summary>After this many steps with drafts, one without is due: times grow with the text, and there would be nothing to compare with.</summary>
    public const int MaxStepsWithoutPlain = 128;

    private const double RowShare = 0.25;

    // Smoothing: the latest time counts that much. Times that differ more than twofold from what was expected are interruptions, or a change that repeats.
    private const double PlainShare = 0.2, LatePlainShare = 0.7, LevelShare = 0.02, Keep = 0.98, MostDeviation = 2;
    private const int Late = 64;

    // On a busy machine single steps take several times as long: one of them must not stop drafts. In steps, and in squares of drafted rows.
    private const double PriorWeight = 1, LineWeight = 16;

    private readonly double[] _sums, _weights, _ratios;
    private readonly double _firstSlope;
    private int _withoutPlain;

    /// <summary>Starts without measurements.</summary>
    /// <param name="rows">Rows of such a step without drafts, at least 1.</param>
    /// <param name="maxDrafted">Maximum number of drafted rows.</param>
    public StepTimes(int rows, int maxDrafted)
    {
        (_sums, _weights, _ratios) = (new double[maxDrafted + 1], new double[maxDrafted + 1], new double[maxDrafted + 1]);
        _firstSlope = RowShare / (1 + RowShare * (rows - 1));
        Extrapolate();
    }

    /// <summary>Smoothed duration of a step without drafts; 0 if none was measured.</summary>
    public double PlainSeconds { get; private set; }

    /// <summary>Whether a step without drafts is due.</summary>
    public bool LacksPlain => _withoutPlain >= (PlainSeconds == 0 ? 1 : MaxStepsWithoutPlain);

    /// <summary>Duration of a step with drafted rows, in steps without; at least 1.</summary>
    public double Ratio(int drafted) => _ratios[drafted];

    /// <summary>Takes the duration of a step into account.</summary>
    /// <param name="drafted">Its rows of drafted tokens.</param>
    /// <param name="seconds">Its duration.</param>
    public void Observe(int drafted, double seconds)
    {
        if (drafted == 0)
            PlainSeconds = PlainSeconds == 0 ? seconds : Smoothed(seconds, _withoutPlain < Late ? PlainShare : LatePlainShare);
        else if (PlainSeconds > 0)
            ObserveDrafted(drafted, seconds);

        _withoutPlain = drafted == 0 ? 0 : _withoutPlain + 1;
    }

    private void ObserveDrafted(int drafted, double seconds)
    {
        double ratio = Math.Clamp(seconds / PlainSeconds, 1, _ratios[drafted] * MostDeviation);
        if (_weights[drafted] >= 1)
            PlainSeconds = Smoothed(seconds / _ratios[drafted], LevelShare);

        for (int i = 1; i < _sums.Length; i++)
            (_sums[i], _weights[i]) = (_sums[i] * Keep, _weights[i] * Keep);

        (_sums[drafted], _weights[drafted]) = (_sums[drafted] + ratio, _weights[drafted] + 1);
        Extrapolate();
    }

    private double Smoothed(double seconds, double share) =>
        PlainSeconds + share * (Math.Clamp(seconds, PlainSeconds / MostDeviation, PlainSeconds * MostDeviation) - PlainSeconds);

    // What has not been measured itself continues the line through all that has.
    private void Extrapolate()
    {
        double products = LineWeight * _firstSlope, squares = LineWeight;
        for (int i = 1; i < _ratios.Length; i++)
            (products, squares) = (products + i * (_sums[i] - _weights[i]), squares + _weights[i] * i * i);

        double slope = products / squares;
        _ratios[0] = 1;
        for (int i = 1; i < _ratios.Length; i++)
        {
            double expected = _ratios[i - 1] + slope;
            _ratios[i] = Math.Max(_ratios[i - 1], (_sums[i] + PriorWeight * expected) / (_weights[i] + PriorWeight));
        }
    }
}
