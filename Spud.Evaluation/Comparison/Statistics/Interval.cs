namespace Spud.Evaluation.Comparison;

/// <summary>A figure with its confidence interval.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">The interval's lower end; null if there is too little text for one.</param>
/// <param name="High">Its upper end; likewise.</param>
public readonly record struct Interval(double Value, double? Low, double? High);
