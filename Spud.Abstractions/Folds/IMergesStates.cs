using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A memory domain that merges attention states; the host's does. A decorator asks with <c>domain is IMergesStates</c>.</summary>
[Experimental(Experiments.Id)]
public interface IMergesStates
{
    /// <summary>Merges every entry of a state into that of another: <see cref="AttentionState.Merge"/>.</summary>
    /// <param name="from">Not changed.</param>
    /// <param name="into">Of the same shape.</param>
    void Merge(in AttentionState from, in AttentionState into);
}
