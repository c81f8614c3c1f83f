namespace Spud.Configuration;

/// <summary>A pipeline cannot be composed: a component refused, two components are incompatible, or the components do not fully understand the model.</summary>
/// <param name="message">What, where, expected, actual and what to do.</param>
/// <param name="inner">The exception of a component; null if the composer refused.</param>
public sealed class CompositionException(string message, Exception? inner = null) : Exception(message, inner);
