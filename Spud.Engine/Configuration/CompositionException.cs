namespace Spud.Configuration;

/// <summary>A pipeline cannot be composed: a component refused, a pair that cannot meet, a model that the components do not understand completely.</summary>
/// <param name="message">What, where, expected, got and what to do.</param>
/// <param name="inner">What a component threw; null if the composer refused.</param>
public sealed class CompositionException(string message, Exception? inner = null) : Exception(message, inner);
