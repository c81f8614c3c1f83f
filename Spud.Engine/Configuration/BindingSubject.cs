using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>What an object is bound to, as described to its author.</summary>
/// <param name="Noun">What its members are called: "option", "member".</param>
/// <param name="Of">The owner of the members: "cache 'compressed'".</param>
internal sealed record BindingSubject(string Noun, string Of)
{
    /// <summary>Members that are read elsewhere.</summary>
    public ImmutableArray<string> Skip { get; init; } = [];

    /// <summary>Whether <see cref="Skip"/> is included in the known names that a message lists.</summary>
    public bool ListsSkipped { get; init; }

    /// <summary>The subject of a nested object.</summary>
    public BindingSubject Inside(string name) => new(Noun, $"'{name}' of {Of}");
}
