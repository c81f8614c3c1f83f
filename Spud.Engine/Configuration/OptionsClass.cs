using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Configuration;

/// <summary>Requirements for an options class, checked when a component is registered.</summary>
internal static class OptionsClass
{
    /// <summary>Members of a pipeline's component entry that belong to the pipeline.</summary>
    public static ImmutableArray<string> ReservedNames { get; } = ["use", "layers", "phase", "fold", "pack"];

    /// <summary>Prefix of names reserved for later versions.</summary>
    private const char ReservedMark = '$';

    /// <summary>The problem with an options class, described for its author; null if none.</summary>
    public static string? Refusal(JsonTypeInfo options)
    {
        string name = options.Type.Name;
        if (options.Kind != JsonTypeInfoKind.Object)
            return $"{name} is not an options class: its JSON is not an object.";
        if (options.CreateObject is null)
            return $"{name} needs a parameterless constructor and 'set' properties: 'init' and 'required' lose their defaults in source-generated JSON.";
        foreach (JsonPropertyInfo property in options.Properties)
        {
            if (ReservedNames.Contains(property.Name))
                return $"{name} has an option '{property.Name}', a name that belongs to the pipeline. Rename it (reserved: {string.Join(", ", ReservedNames)}).";
            if (property.Name.StartsWith(ReservedMark))
                return $"{name} has an option '{property.Name}': names that begin with '{ReservedMark}' belong to the pipeline. Rename it.";
            if (property.IsExtensionData)
                return $"{name} collects unknown members in '{property.Name}': options are strict.";
            if (property.CustomConverter is not null)
                return $"{name} has a converter on '{property.Name}'. Put it on the type of the option, where its values can be checked and described.";
            if (Unreadable(property.PropertyType, options.Options, []) is { } type)
                return $"{name} has an option '{property.Name}' of type {type.Name}, whose values cannot be checked. Use a class of options, a dictionary or an array of a type that says what it holds.";
        }

        return null;
    }

    /// <summary>A nested type that accepts any JSON; null if none.</summary>
    private static Type? Unreadable(Type type, JsonSerializerOptions options, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonDocument) || type.IsAssignableTo(typeof(JsonNode)))
            return type;
        if (!seen.Add(type) || options.GetTypeInfo(type) is not { Kind: not JsonTypeInfoKind.None } info)
            return null;

        IEnumerable<Type?> inside = [info.ElementType, .. info.Properties.Select(static property => property.PropertyType)];
        return inside.OfType<Type>().Select(part => Unreadable(part, options, seen)).FirstOrDefault(static part => part is not null);
    }
}
