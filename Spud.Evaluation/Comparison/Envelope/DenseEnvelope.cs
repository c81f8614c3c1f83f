namespace Spud.Evaluation.Comparison;

/// <summary>
/// The lower envelope of dense models: the lower convex hull of mean loss over the logarithm of compute, from the cheapest model to the best
/// one. Between two corners the logarithm of compute is interpolated; there is no extrapolation.
/// </summary>
internal sealed class DenseEnvelope
{
    private readonly DensePoint[] _corners;

    /// <param name="points">At least one.</param>
    public DenseEnvelope(IEnumerable<DensePoint> points)
    {
        List<DensePoint> corners = [];
        foreach (DensePoint point in points.OrderBy(point => point.Units).ThenBy(point => point.Loss))
        {
            // Models that cost more without being better are not part of it.
            if (corners.Count > 0 && point.Loss >= corners[^1].Loss)
                continue;

            while (corners.Count > 1 && !TurnsUp(corners[^2], corners[^1], point))
                corners.RemoveAt(corners.Count - 1);

            corners.Add(point);
        }

        _corners = [.. corners];
    }

    /// <summary>By ascending compute and descending loss.</summary>
    public IReadOnlyList<DensePoint> Corners => _corners;

    /// <summary>Compute units needed for a loss.</summary>
    public BoundedValue UnitsFor(double loss)
    {
        if (loss > _corners[0].Loss)
            return new(_corners[0].Units, Bound.AtMost);
        if (loss < _corners[^1].Loss)
            return new(_corners[^1].Units, Bound.AtLeast);

        (DensePoint cheap, DensePoint good, double part) = Around(loss);
        return new(Math.Exp(Math.Log(cheap.Units) + part * (Math.Log(good.Units) - Math.Log(cheap.Units))), Bound.Exact);
    }

    /// <summary>Variance of the envelope at a loss, as a multiple of the variance of one seed; accounts for means of seeds and for interpolation.</summary>
    public double VarianceAt(double loss)
    {
        (DensePoint cheap, DensePoint good, double part) = Around(Math.Clamp(loss, _corners[^1].Loss, _corners[0].Loss));
        return (1 - part) * (1 - part) / cheap.Seeds + part * part / good.Seeds;
    }

    /// <summary>The corners on both sides of a loss, and its relative position between them.</summary>
    private (DensePoint Cheap, DensePoint Good, double Part) Around(double loss)
    {
        int good = Array.FindIndex(_corners, corner => corner.Loss <= loss);
        return good == 0
            ? (_corners[0], _corners[0], 0)
            : (_corners[good - 1], _corners[good], (_corners[good - 1].Loss - loss) / (_corners[good - 1].Loss - _corners[good].Loss));
    }

    // Whether the middle point is below the line between its neighbours.
    private static bool TurnsUp(DensePoint a, DensePoint b, DensePoint c) =>
        (b.Loss - a.Loss) * (Math.Log(c.Units) - Math.Log(a.Units)) < (c.Loss - a.Loss) * (Math.Log(b.Units) - Math.Log(a.Units));
}

/// <summary>A dense model.</summary>
/// <param name="Units">Compute units per token.</param>
/// <param name="Loss">Mean loss, in nats.</param>
/// <param name="Seeds">Number of runs averaged.</param>
internal readonly record struct DensePoint(double Units, double Loss, int Seeds);
