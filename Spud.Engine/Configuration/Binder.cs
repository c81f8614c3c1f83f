using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>
/// Binds a tree to a strict options class through its source-generated type information. First the tree is checked against the type
/// information and every fault is collected; only a tree without faults is deserialised.
/// </summary>
internal sealed class Binder
{
    private readonly FaultList _faults;

    private Binder(FaultList faults) => _faults = faults;

    /// <summary>The options, or null if there are faults.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="type">Type information of the options class.</param>
    /// <param name="subject">The subject, for messages.</param>
    /// <param name="faults">Faults are added to this list.</param>
    public static T? Bind<T>(ConfigObject node, JsonTypeInfo<T> type, BindingSubject subject, FaultList faults)
        where T : class => (T?)Bind(node, (JsonTypeInfo)type, subject, faults);

    /// <inheritdoc cref="Bind{T}"/>
    public static object? Bind(ConfigObject node, JsonTypeInfo type, BindingSubject subject, FaultList faults)
    {
        int before = faults.Count;
        new Binder(faults).Object(node, type, subject);
        return faults.Count == before ? Deserialise(node, type, subject, faults) : null;
    }

    private static object? Deserialise(ConfigObject node, JsonTypeInfo type, BindingSubject subject, FaultList faults)
    {
        try
        {
            return Deserialise(writer => node.WriteTo(writer, subject.Skip), type);
        }
        catch (Exception fault) when (LeafType.IsRefusal(fault))
        {
            faults.Add(node.Origin, $"{node.Path} cannot be read as {subject.Of}: {QuotedText.Sentence(fault.Message)}");
            return null;
        }
    }

    private static object? Deserialise(Action<Utf8JsonWriter> write, JsonTypeInfo type)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
            write(writer);
        return JsonSerializer.Deserialize(json.WrittenSpan, type);
    }

    private void Object(ConfigObject node, JsonTypeInfo type, BindingSubject subject)
    {
        foreach ((string name, ConfigNode value) in node.Members)
        {
            if (subject.Skip.Contains(name))
                continue;
            if (Settable(type).FirstOrDefault(candidate => candidate.Name == name) is { } property)
                Property(value, property, subject);
            else
                Unknown(name, value, type, subject);
        }

        foreach (JsonPropertyInfo property in Settable(type))
        {
            bool required = property.IsRequired || OptionRules.Of(property).OfType<RequiredAttribute>().Any();
            if (required && node[property.Name] is null)
                _faults.Add(node.Origin, $"{node.Path} lacks '{property.Name}', which {subject.Of} needs.");
        }
    }

    private void Unknown(string name, ConfigNode value, JsonTypeInfo type, BindingSubject subject)
    {
        if (_faults.IsFull)
        {
            _faults.Add(value.NameOrigin, "");
            return;
        }

        string[] names = [.. Settable(type).Select(property => property.Name)];
        string[] all = [.. subject.Skip, .. names];
        string[] listed = subject.ListsSkipped ? all : names;
        string article = subject.Noun[0] is 'a' or 'e' or 'i' or 'o' ? "an" : "a";
        string known = listed.Length == 0 ? "It has none." : $"Known: {string.Join(", ", listed)}.";
        _faults.Add(value.NameOrigin, $"{value.Path} is not {article} {subject.Noun} of {subject.Of}. {known}{Suggestion.Hint(name, all)}");
    }

    private void Property(ConfigNode node, JsonPropertyInfo property, BindingSubject subject)
    {
        JsonTypeInfo type = property.Options.GetTypeInfo(property.PropertyType);
        IReadOnlyList<ValidationAttribute> rules = OptionRules.Of(property);
        if (node is ConfigScalar { Kind: JsonValueKind.Null } && !MayBeNull(property))
        {
            _faults.Add(node.Origin, $"{node.Path} must be {LeafType.Describe(type, rules, node)}, got null.");
            return;
        }

        int before = _faults.Count;
        object? value = Value(node, type, rules, subject.Inside(property.Name));
        if (_faults.Count == before && OptionRules.FirstBroken(rules, value, node) is { } broken)
            _faults.Add(node.Origin, broken.Message ?? $"{node.Path} must be {LeafType.Describe(type, rules, node)}, got {node.Summary}.");
    }

    // May also be null if the value is faulty: the caller checks the number of faults.
    private object? Value(ConfigNode node, JsonTypeInfo type, IReadOnlyList<ValidationAttribute> rules, BindingSubject subject)
    {
        if (node is ConfigScalar { Kind: JsonValueKind.Null } && type.Kind != JsonTypeInfoKind.None)
            return null;
        int before = _faults.Count;
        switch (type.Kind, node)
        {
            case (JsonTypeInfoKind.None, ConfigObject or ConfigScalar { Kind: JsonValueKind.String }) when type.Type == typeof(ComponentSpec):
                // Its own options are bound once the component it names is known.
                if (node is ConfigObject inner && inner["use"] is not ConfigScalar { Text.Length: > 0 } || node is ConfigScalar { Text.Length: 0 })
                    _faults.Add(node.Origin, $"{node.Path} must be {LeafType.Describe(type, rules, node)}, got {node.Summary}.");
                break;
            case (JsonTypeInfoKind.None, _):
                return Leaf(node, type, rules);
            case (JsonTypeInfoKind.Object, ConfigObject members):
                Object(members, type, subject);
                break;
            case (JsonTypeInfoKind.Dictionary, ConfigObject members):
                foreach ((string name, ConfigNode value) in members.Members)
                    Element(value, type, subject.Inside(QuotedText.Of(name)));
                break;
            case (JsonTypeInfoKind.Enumerable, ConfigArray array):
                foreach (ConfigNode item in array.Items)
                    Element(item, type, subject);
                break;
            default:
                _faults.Add(node.Origin, $"{node.Path} must be {LeafType.Describe(type, rules, node)}, got {node.Summary}.");
                break;
        }

        return _faults.Count == before && rules.Count > 0 ? Deserialise(node.WriteTo, type) : null;
    }

    private void Element(ConfigNode node, JsonTypeInfo collection, BindingSubject subject)
    {
        JsonTypeInfo type = collection.Options.GetTypeInfo(collection.ElementType!);
        // Whether a reference-type element may be null is not in the metadata.
        bool isNull = node is ConfigScalar { Kind: JsonValueKind.Null };
        if (isNull && Nullable.GetUnderlyingType(type.Type) is null)
            _faults.Add(node.Origin, $"{node.Path} must be {LeafType.Describe(type, [], node)}, got null.");
        else
            Value(node, type, [], subject);
    }

    private object? Leaf(ConfigNode node, JsonTypeInfo type, IReadOnlyList<ValidationAttribute> rules)
    {
        if (LeafType.TryRead(node, type, out object? value))
            return value;
        string hint = LeafType.EnumNames(type) is { } names && node is ConfigScalar { Text: { } text } ? Suggestion.Hint(text, names) : "";
        _faults.Add(node.Origin, $"{node.Path} must be {LeafType.Describe(type, rules, node)}, got {node.Summary}.{hint}");
        return null;
    }

    private static IEnumerable<JsonPropertyInfo> Settable(JsonTypeInfo type) =>
        type.Properties.Where(property => property is { Set: not null, IsExtensionData: false });

    private static bool MayBeNull(JsonPropertyInfo property) => property.PropertyType.IsValueType
        ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : property.IsSetNullable;
}
