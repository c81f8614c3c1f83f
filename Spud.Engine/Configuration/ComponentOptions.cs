using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>What the schema needs to know of a registered component.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Name">Its name in that role.</param>
/// <param name="Options">Of its options class.</param>
internal sealed record ComponentOptions(string Role, string Name, JsonTypeInfo Options)
{
    /// <summary>The plugin it came from, so that it may be written <c>plugin-id/name</c> as well; must be where two plugins offer one name.</summary>
    public string? Plugin { get; init; }

    /// <summary>Whether the host takes it where a pipeline names none: its options may then stand without <c>use</c>.</summary>
    public bool IsDefault { get; init; }
}
