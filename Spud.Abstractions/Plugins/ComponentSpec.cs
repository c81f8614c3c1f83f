using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud;

/// <summary>
/// Another component of the same role, as an option names it: <c>"top-k"</c>, or with options of its own <c>{ "use": "top-k", "experts": 2 }</c>.
/// <see cref="IBuildContext.Component"/> builds it, and <see cref="IOffers"/> knows what it can do.
/// </summary>
/// <param name="use">Its name, or "plugin-id/name".</param>
/// <param name="options">An object with its options; left out: the defaults.</param>
[Experimental(Experiments.Id)]
[JsonConverter(typeof(ComponentSpecConverter))]
public sealed class ComponentSpec(string use, JsonElement options = default)
{
    /// <summary>Its name, or "plugin-id/name".</summary>
    public string Use { get; } = use is { Length: > 0 } ? use : throw new ArgumentException("The name of a component is missing.", nameof(use));

    /// <summary>An object with its options; of kind Undefined: the defaults.</summary>
    public JsonElement Options { get; } = options.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined
        ? options
        : throw new ArgumentException($"Options of a component are an object, got {options.ValueKind}.", nameof(options));
}
