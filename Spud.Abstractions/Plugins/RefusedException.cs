namespace Spud;

/// <summary>A component cannot serve this model, machine or neighbour; the message says why and what to do.</summary>
/// <param name="reason">For the user.</param>
public sealed class RefusedException(string reason) : Exception(reason);
