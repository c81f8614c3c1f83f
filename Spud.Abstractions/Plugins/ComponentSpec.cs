using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud;

/// <summary>
/// The type of an option that names another component of the same role: <c>"top-k"</c>, or with options
/// <c>{ "use": "top-k", "experts": 2 }</c>. <see cref="IBuildContext.Component"/> builds it; <see cref="IOffers"/> tells what it can do.
/// </summary>
/// <param name="use">Name of the component, or "plugin-id/name".</param>
/// <param name="options">A JSON object with its options; left out: the defaults.</param>
[Experimental(Experiments.Id)]
[JsonConverter(typeof(ComponentSpecConverter))]
public sealed class ComponentSpec(string use, JsonElement options = default)
{
    /// <summary>Name of the component, or "plugin-id/name".</summary>
    public string Use { get; } = use is { Length: > 0 } ? use : throw new ArgumentException("component: expected a name, got an empty string", nameof(use));

    /// <summary>A JSON object with its options; of kind Undefined: the defaults.</summary>
    public JsonElement Options { get; } = options.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined
        ? options
        : throw new ArgumentException($"options: expected a JSON object, got {options.ValueKind}", nameof(options));
}
