using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Metering;

/// <summary>Writes an enum's names in camel case, like other names in JSON.</summary>
internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
