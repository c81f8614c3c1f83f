using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>The keys that a sequence keeps in one pool of a layer.</summary>
/// <param name="Pool">Number of the pool.</param>
/// <param name="Head">KV head; 0 where the heads share their pages.</param>
/// <param name="Positions">Of the keys, run by run.</param>
public sealed record KeptKeys(int Pool, int Head, ImmutableArray<int> Positions);
