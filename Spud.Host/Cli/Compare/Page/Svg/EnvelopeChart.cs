using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Loss against compute: the lower envelope of the dense models, every model, and the point of the envelope with the same quality.</summary>
internal static class EnvelopeChart
{
    private const double Left = 58, Right = 400, Top = 28, Bottom = 280;
    private const int StepsPerSegment = 24;

    public static XElement Draw(EnvelopeResult envelope)
    {
        ModelFigures[] models = [.. envelope.Models];
        Scale x = new(models.Select(model => model.ComputeUnitsPerToken).Concat(Needed(models)), Left, Right), y = new(models.Select(model => model.MeanLoss), Bottom, Top);
        Drawing drawing = new(Bottom + 42, "Loss against compute", string.Join("; ", models.Select(Description)));
        drawing.AxisX(x, Top, Bottom, "CU per token");
        drawing.AxisY(y, Left, Right, "mean loss in nats, lower is better");
        drawing.Path("front", Curve([.. models.Where(model => model.IsOnEnvelope).OrderBy(model => model.ComputeUnitsPerToken)]).Select(point => (x.At(point.Units), y.At(point.Loss))));
        foreach (ModelFigures model in models)
            Model(drawing, x, y, model);

        return drawing.Svg;
    }

    private static void Model(Drawing drawing, Scale x, Scale y, ModelFigures model)
    {
        (double at, double height) = (x.At(model.ComputeUnitsPerToken), y.At(model.MeanLoss));
        if (model.DenseComputeUnits is { } needed)
        {
            drawing.Line("limit", at, height, x.At(needed.Value.Value), height);
            if (needed is { Low: { } low, High: { } high })
                drawing.Line("range", x.At(low.Value), height, x.At(high.Value), height);
        }

        drawing.Dot(model.IsDense ? "behind" : "dot", at, height, 6, Description(model));
        drawing.Text(EnvelopeText.Letters(model), at + 10, height - 6, "start", "strong");
    }

    // The logarithm of compute is interpolated, which is a curve on a linear axis.
    private static IEnumerable<(double Units, double Loss)> Curve(ModelFigures[] corners)
    {
        yield return (corners[0].ComputeUnitsPerToken, corners[0].MeanLoss);
        foreach ((ModelFigures from, ModelFigures to) in corners.Zip(corners.Skip(1)))
        {
            for (int step = 1; step <= StepsPerSegment; step++)
            {
                double part = (double)step / StepsPerSegment;
                yield return (from.ComputeUnitsPerToken * Math.Pow(to.ComputeUnitsPerToken / from.ComputeUnitsPerToken, part), from.MeanLoss + part * (to.MeanLoss - from.MeanLoss));
            }
        }
    }

    private static IEnumerable<double> Needed(ModelFigures[] models) => models
        .SelectMany(model => new[] { model.DenseComputeUnits?.Value, model.DenseComputeUnits?.Low, model.DenseComputeUnits?.High })
        .OfType<BoundedValue>().Select(value => value.Value);

    private static string Description(ModelFigures model) =>
        $"{EnvelopeText.Letters(model)}{(model.IsDense ? ", dense" : "")}: {FigureText.Units(model.ComputeUnitsPerToken)} CU per token, {model.MeanLoss:0.0000} nats"
        + (model.DenseComputeUnits is { } needed ? $"; a dense model needs {EnvelopeText.Units(needed.Value)} CU" : "");
}
