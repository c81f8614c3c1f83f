namespace Spud.Evaluation.Comparison;

/// <summary>
/// Models against the envelope of the dense ones. For the interval over seeds, the deviation of the loss is assumed equal for all models and
/// pooled; the combined error of the model's loss and the envelope's, by Student's distribution, is read off the envelope on both sides.
/// </summary>
internal static class EnvelopeSummary
{
    private const double Confidence = 0.95;

    /// <summary>The envelope; null if the pipelines have one shape or none is dense.</summary>
    public static EnvelopeResult? Of(IReadOnlyList<ComparedPipeline> pipelines, PipelineResult[] results)
    {
        if (pipelines.All(pipeline => ModelShape.IsSame(pipelines[0], pipeline)))
            return null;

        return Of(
            [.. ModelShape.Runs(pipelines).Select(run => (run, pipelines[run[0]].Model.Pipeline.Model.Layers.All(layer => layer.Experts == 1)))],
            [.. results.Select(result => (result.Compute.ComputeUnitsPerToken, Math.Log(result.Quality.Perplexity.Value)))]);
    }

    /// <summary>The envelope of models.</summary>
    /// <param name="models">Pipelines of each model, and whether it is dense.</param>
    /// <param name="measured">[pipeline].</param>
    internal static EnvelopeResult? Of((int[] Pipelines, bool IsDense)[] models, (double Units, double Loss)[] measured)
    {
        if (!models.Any(model => model.IsDense) || measured.Any(pipeline => !double.IsFinite(pipeline.Loss)))
            return null;

        DensePoint[] points = [.. models.Select(model => new DensePoint(model.Pipelines.Average(i => measured[i].Units), model.Pipelines.Average(i => measured[i].Loss), model.Pipelines.Length))];
        DenseEnvelope envelope = new(points.Where((_, i) => models[i].IsDense));
        int freedom = models.Sum(model => model.Pipelines.Length - 1);
        double? deviation = freedom == 0 ? null : Math.Sqrt(models.Select((model, i) => model.Pipelines.Sum(seed => Squared(measured[seed].Loss - points[i].Loss))).Sum() / freedom);
        return new()
        {
            Models = [.. models.Select((model, i) => new ModelFigures
            {
                Pipelines = [.. model.Pipelines],
                IsDense = model.IsDense,
                ComputeUnitsPerToken = points[i].Units,
                MeanLoss = points[i].Loss,
                IsOnEnvelope = model.IsDense && envelope.Corners.Contains(points[i]),
                DenseComputeUnits = model.IsDense ? null : Needed(envelope, points[i], deviation, freedom),
            })],
            SeedDeviation = deviation,
            DegreesOfFreedom = freedom,
        };
    }

    private static DenseCompute Needed(DenseEnvelope envelope, DensePoint model, double? deviation, int freedom)
    {
        BoundedValue value = envelope.UnitsFor(model.Loss);
        if (deviation is not { } seed)
            return new(value, null, null, value.Over(model.Units));

        double off = StudentT.Quantile((1 + Confidence) / 2, freedom) * seed * Math.Sqrt(1.0 / model.Seeds + envelope.VarianceAt(model.Loss));
        return new(value, envelope.UnitsFor(model.Loss + off), envelope.UnitsFor(model.Loss - off), value.Over(model.Units));
    }

    private static double Squared(double value) => value * value;
}
