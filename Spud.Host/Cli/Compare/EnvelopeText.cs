using System.Globalization;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Figures of an envelope, as shown in table and page.</summary>
internal static class EnvelopeText
{
    public const string Title = "CU that a dense model needs for this quality";

    /// <summary>"at least 22.0".</summary>
    public static string Of(BoundedValue value, string format) => value.Bound switch
    {
        Bound.AtLeast => "at least ",
        Bound.AtMost => "at most ",
        _ => "",
    } + value.Value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>"at least 22.0 (20.5 to at least 22.0) CU per token for this quality, at least 2.53 times as many as its own".</summary>
    public static string Sentence(DenseCompute needed) =>
        $"{Units(needed.Value)}{(needed is { Low: { } low, High: { } high } ? $" ({Units(low)} to {Units(high)} over seeds)" : "")} CU per token, {Of(needed.Ratio, "0.00")} times this model's";

    /// <summary>Compute units, with their bound.</summary>
    public static string Units(BoundedValue value) => Of(value, value.Value >= 0.1 ? "0.0000" : "0.000000");

    /// <summary>"A B C": the letters of a model's seeds.</summary>
    public static string Letters(ModelFigures model) => string.Join(' ', model.Pipelines.Select(CompareTable.Letter));

    public static string Kind(ModelFigures model) => model switch
    {
        { IsOnEnvelope: true } => "dense, on the envelope",
        { IsDense: true } => "dense",
        _ => "",
    };
}
