namespace Attention.Ring.Processes;

/// <summary>A rank cannot be reached.</summary>
/// <param name="reason">What happened.</param>
internal sealed class RankLostException(string reason) : Exception(reason);
