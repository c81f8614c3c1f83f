using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A memory domain that can merge attention states, as the host's can. A decorator tests for it with <c>domain is IMergesStates</c>.</summary>
[Experimental(Experiments.Id)]
public interface IMergesStates
{
    /// <summary>Merges each entry of a state into the same entry of another one, as <see cref="AttentionState.Merge"/> defines.</summary>
    /// <param name="from">Not changed.</param>
    /// <param name="into">Of the same shape.</param>
    void Merge(in AttentionState from, in AttentionState into);
}
