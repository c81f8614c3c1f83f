using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud;

/// <summary>Reads and writes a <see cref="ComponentSpec"/>: a name, or an object with the name in <c>use</c> and the options.</summary>
[Experimental(Experiments.Id)]
public sealed class ComponentSpecConverter : JsonConverter<ComponentSpec>
{
    private const string UseName = "use";

    /// <inheritdoc/>
    public override ComponentSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement written = JsonElement.ParseValue(ref reader);
        return written.ValueKind switch
        {
            JsonValueKind.String when written.GetString() is { Length: > 0 } name => new ComponentSpec(name),
            JsonValueKind.Object when written.TryGetProperty(UseName, out JsonElement use) && use.ValueKind == JsonValueKind.String && use.GetString() is { Length: > 0 } name =>
                new ComponentSpec(name, written),
            _ => throw new JsonException("expected a component's name, or an object with 'use'"),
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ComponentSpec value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        writer.WriteString(UseName, value.Use);
        foreach (JsonProperty option in value.Options.ValueKind == JsonValueKind.Object ? value.Options.EnumerateObject() : default)
        {
            if (!option.NameEquals(UseName))
                option.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
