namespace Attention.Ring.Native;

/// <summary>A call of MPI failed.</summary>
/// <param name="reason">MPI's text.</param>
internal sealed class MpiException(string reason) : Exception($"MPI: {reason}");
