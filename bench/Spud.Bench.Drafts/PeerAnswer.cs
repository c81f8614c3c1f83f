namespace Spud.Bench.Drafts;

/// <summary>An answer of llama.cpp, by its own times.</summary>
/// <param name="Tokens">Its length.</param>
/// <param name="Time">Decode.</param>
/// <param name="Drafted">Drafted tokens that were verified.</param>
/// <param name="Accepted">Those of them that are part of the answer.</param>
internal sealed record PeerAnswer(int Tokens, TimeSpan Time, int Drafted, int Accepted);
