using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>What an object is bound to, in the words of its author.</summary>
/// <param name="Noun">What its members are called: "option", "member".</param>
/// <param name="Of">Whose they are: "cache 'compressed'".</param>
internal sealed record BindingSubject(string Noun, string Of)
{
    /// <summary>Members that are read elsewhere.</summary>
    public ImmutableArray<string> Skip { get; init; } = [];

    /// <summary>Whether <see cref="Skip"/> belongs to the names that a message lists as known.</summary>
    public bool ListsSkipped { get; init; }

    /// <summary>An object inside.</summary>
    public BindingSubject Inside(string name) => new(Noun, $"'{name}' of {Of}");
}
