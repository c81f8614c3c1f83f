namespace Spud;

/// <summary>A component cannot be used with this model, machine or other component. The message says why and what to do.</summary>
/// <param name="reason">Message for the user.</param>
public sealed class RefusedException(string reason) : Exception(reason);
