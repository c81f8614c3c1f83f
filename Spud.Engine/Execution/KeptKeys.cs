using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>The keys kept by a sequence in one pool of a layer.</summary>
/// <param name="Pool">Index of the pool.</param>
/// <param name="Head">KV head; 0 if the heads share their pages.</param>
/// <param name="Positions">Positions of the keys, run by run.</param>
public sealed record KeptKeys(int Pool, int Head, ImmutableArray<int> Positions);
