using System.Text.Json.Serialization.Metadata;
using Spud.Composition;

namespace Spud.Plugins;

/// <summary>A component that an active plugin registered.</summary>
internal sealed class RegisteredComponent
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Its name among the plugin's components of the role.</summary>
    public required string Name { get; init; }

    /// <summary>The plugin's id.</summary>
    public required string PluginId { get; init; }

    /// <summary>The plugin's version.</summary>
    public required string PluginVersion { get; init; }

    /// <summary>The plugin's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>What it can do.</summary>
    public required Offer Offer { get; init; }

    /// <summary>Its options.</summary>
    public required JsonTypeInfo Options { get; init; }

    /// <summary>Builds it from bound options.</summary>
    public required Func<object, IBuildContext, IDisposable> Create { get; init; }

    /// <summary>Builds a fold decorator from bound options; null for a component of a role.</summary>
    public Func<object, IFoldBuildContext, Func<FoldRank, IFold>, IFold>? CreateFold { get; init; }

    /// <summary>"plugin-id/name": unambiguous.</summary>
    public string FullName => $"{PluginId}/{Name}";
}
