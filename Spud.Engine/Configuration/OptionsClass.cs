using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>What an options class must be, checked when a component is registered.</summary>
internal static class OptionsClass
{
    /// <summary>Members of a pipeline's component that belong to the pipeline.</summary>
    public static ImmutableArray<string> ReservedNames { get; } = ["use", "layers", "phase", "fold", "pack"];

    /// <summary>What is wrong with an options class, in words for its author; null if nothing is.</summary>
    public static string? Refusal(JsonTypeInfo options)
    {
        string name = options.Type.Name;
        if (options.Kind != JsonTypeInfoKind.Object)
            return $"{name} is no options class: its JSON is not an object.";
        if (options.CreateObject is null)
            return $"{name} needs a parameterless constructor and 'set' properties: 'init' and 'required' lose their defaults in source-generated JSON.";
        foreach (JsonPropertyInfo property in options.Properties)
        {
            if (ReservedNames.Contains(property.Name))
                return $"{name} has an option '{property.Name}', a name that belongs to the pipeline. Rename it (reserved: {string.Join(", ", ReservedNames)}).";
            if (property.IsExtensionData)
                return $"{name} collects unknown members in '{property.Name}': options are strict.";
            if (property.CustomConverter is not null)
                return $"{name} has a converter on '{property.Name}'. Put it on the type of the option, where its values can be checked and described.";
        }

        return null;
    }
}
