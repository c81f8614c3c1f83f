using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>What the schema needs to know about a registered component.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Name">Its name in that role.</param>
/// <param name="Options">Type information of its options class.</param>
internal sealed record ComponentOptions(string Role, string Name, JsonTypeInfo Options)
{
    /// <summary>The plugin it came from, so that <c>plugin-id/name</c> can also be written; required if two plugins offer the same name.</summary>
    public string? Plugin { get; init; }

    /// <summary>Whether it is the default for its role: its options may then be given without <c>use</c>.</summary>
    public bool IsDefault { get; init; }
}
