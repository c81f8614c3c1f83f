namespace Spud.Generation;

/// <summary>How long a drafter takes: a time for being asked, and a time for each token that it gives. Smoothed; 0 before the first measurement.</summary>
internal sealed class AskTimes
{
    private const double Keep = 0.95, MostDeviation = 4;

    // Decayed sums over calls: their number, tokens, seconds, and the products.
    private double _calls, _tokens, _seconds, _squares, _products;

    /// <summary>Expected duration of a call.</summary>
    /// <param name="tokens">Tokens that it gives.</param>
    /// <returns>Seconds.</returns>
    public double Seconds(int tokens)
    {
        if (_calls == 0)
            return 0;

        double meanTokens = _tokens / _calls, meanSeconds = _seconds / _calls, variance = _squares / _calls - meanTokens * meanTokens;
        double proportional = meanTokens > 0 ? meanSeconds / meanTokens : 0;
        double perToken = variance > 0.01 ? Math.Clamp((_products / _calls - meanTokens * meanSeconds) / variance, 0, proportional) : proportional;
        return Math.Max(0, meanSeconds + perToken * (tokens - meanTokens));
    }

    /// <summary>Takes the duration of a call into account.</summary>
    /// <param name="tokens">Tokens that it gave.</param>
    /// <param name="seconds">Its duration.</param>
    public void Observe(int tokens, double seconds)
    {
        // An interruption is not the drafter's, and what was measured before a much shorter call was one: the first calls are compiled while they run.
        double mean = _calls > 0 ? _seconds / _calls : seconds;
        if (seconds * MostDeviation < Math.Min(Seconds(tokens), mean))
            _calls = _tokens = _seconds = _squares = _products = 0;
        else
            seconds = Math.Min(seconds, MostDeviation * Math.Max(Seconds(tokens), mean));

        _calls = _calls * Keep + 1;
        _tokens = _tokens * Keep + tokens;
        _seconds = _seconds * Keep + seconds;
        _squares = _squares * Keep + (double)tokens * tokens;
        _products = _products * Keep + tokens * seconds;
    }
}
