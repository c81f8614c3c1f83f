namespace Spud.Sampling;

/// <summary>
/// Logit biases and penalties, applied to the few logits concerned and undone afterwards.
/// Order and arithmetic are llama.cpp's (src/llama-sampler.cpp, logit_bias and penalties): the bias is added; then for each token of the window
/// a logit above 0 is divided by the repetition penalty and any other multiplied; then count times the frequency penalty plus the
/// presence penalty is subtracted.
/// </summary>
internal sealed class LogitAdjustment
{
    private readonly KeyValuePair<int, float>[] _bias;
    private readonly float _repetition, _presence, _frequency;
    private readonly int[] _window; // ring buffer of the last accepted ids
    private readonly Dictionary<int, int> _counts; // counts of the ids in the window; its capacity is never exceeded
    private readonly float[] _originals;
    private int _accepted, _oldest;

    public LogitAdjustment(SamplingOptions options, int vocabularySize)
    {
        _bias = [.. options.LogitBias ?? new Dictionary<int, float>()];
        (_repetition, _presence, _frequency) = (options.RepetitionPenalty, options.PresencePenalty, options.FrequencyPenalty);
        _window = new int[options.Penalises ? options.RepetitionWindow : 0];
        int distinct = Math.Min(_window.Length, vocabularySize);
        _counts = new Dictionary<int, int>(distinct);
        _originals = new float[_bias.Length + distinct];
    }

    /// <summary>Whether there is nothing to apply.</summary>
    public bool IsIdle => _bias.Length == 0 && _counts.Count == 0;

    /// <summary>Records that a token occurs in the text.</summary>
    public void Accept(int id)
    {
        if (_window.Length == 0)
        {
            return;
        }
        if (_accepted == _window.Length)
        {
            Forget(_window[_oldest]);
        }
        else
        {
            _accepted++;
        }
        _window[_oldest] = id;
        _oldest = (_oldest + 1) % _window.Length;
        _counts[id] = _counts.GetValueOrDefault(id) + 1;
    }

    /// <summary>Adjusts the logits [V].</summary>
    public void Apply(Span<float> logits)
    {
        int changed = 0;
        foreach ((int id, float bias) in _bias)
        {
            _originals[changed++] = logits[id];
            logits[id] += bias;
        }
        foreach ((int id, int count) in _counts)
        {
            float logit = _originals[changed++] = logits[id];
            logit = logit > 0 ? logit / _repetition : logit * _repetition;
            logits[id] = logit - ((count * _frequency) + _presence);
        }
    }

    /// <summary>Undoes the last <see cref="Apply"/>, bit for bit.</summary>
    public void Restore(Span<float> logits)
    {
        // Penalties first: their saved values may include a bias.
        int changed = _bias.Length;
        foreach (int id in _counts.Keys)
        {
            logits[id] = _originals[changed++];
        }
        for (int i = 0; i < _bias.Length; i++)
        {
            logits[_bias[i].Key] = _originals[i];
        }
    }

    private void Forget(int id)
    {
        int count = _counts[id] - 1;
        if (count == 0)
        {
            _counts.Remove(id);
        }
        else
        {
            _counts[id] = count;
        }
    }
}
