namespace Spud.Evaluation.Calibration;

/// <summary>Probabilities of the M best experts of every row that one layer saw, best first.</summary>
/// <param name="width">M.</param>
public sealed class LayerCandidates(int width)
{
    private readonly List<float> _values = [];

    /// <summary>M.</summary>
    public int Width => width;

    /// <summary>Rows recorded.</summary>
    public int Rows => _values.Count / width;

    /// <summary>[M].</summary>
    public ReadOnlySpan<float> this[int row] => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values).Slice(row * width, width);

    /// <summary>Records a row.</summary>
    public void Add(ReadOnlySpan<float> best) => _values.AddRange(best);

    /// <summary>Discards all rows.</summary>
    public void Clear() => _values.Clear();
}
