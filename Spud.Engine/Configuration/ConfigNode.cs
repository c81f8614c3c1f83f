using System.Text;
using System.Text.Json;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>A value of a configuration, with its origin and its place in the tree.</summary>
/// <param name="origin">Where the value begins.</param>
internal abstract class ConfigNode(Origin origin)
{
    private ConfigNode? _parent;
    private string? _name;
    private int _index;

    /// <summary>Where the value begins.</summary>
    public Origin Origin { get; } = origin;

    /// <summary>Where the member's name begins; the value's own origin outside objects.</summary>
    public Origin NameOrigin { get; private set; } = origin;

    /// <summary><c>$.attention[0].use</c>, with long names truncated.</summary>
    public string Path
    {
        get
        {
            if (_parent is null)
                return "$";
            return _name is null ? $"{_parent.Path}[{_index}]" : $"{_parent.Path}.{QuotedText.Of(_name)}";
        }
    }

    /// <summary>Text for messages: a value as written; objects and arrays by their kind.</summary>
    public string Summary => this switch
    {
        ConfigScalar scalar => QuotedText.Of(scalar.Written),
        ConfigArray array => array.Items.Count == 0 ? "an empty array" : "an array",
        _ => "an object",
    };

    /// <summary>Writes the value as JSON.</summary>
    public abstract void WriteTo(Utf8JsonWriter writer);

    protected void Adopt(ConfigNode child, string name, Origin nameOrigin) =>
        (child._parent, child._name, child.NameOrigin) = (this, name, nameOrigin);

    protected void Adopt(ConfigNode child, int index) =>
        (child._parent, child._name, child._index, child.NameOrigin) = (this, null, index, child.Origin);
}

/// <summary>An object, with its members in the order they were written.</summary>
internal sealed class ConfigObject(Origin origin) : ConfigNode(origin)
{
    private readonly OrderedDictionary<string, ConfigNode> _members = new(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<string, ConfigNode>> Members => _members;

    public ConfigNode? this[string name] => _members.GetValueOrDefault(name);

    /// <summary>Adds a member unless one of that name exists.</summary>
    public bool TryAdd(string name, Origin nameOrigin, ConfigNode value)
    {
        if (!_members.TryAdd(name, value))
            return false;
        Adopt(value, name, nameOrigin);
        return true;
    }

    /// <summary>Adds or replaces a member.</summary>
    public void Set(string name, Origin nameOrigin, ConfigNode value)
    {
        _members[name] = value;
        Adopt(value, name, nameOrigin);
    }

    /// <summary>Merges the members of another object: objects are merged, everything else is replaced.</summary>
    public void Merge(ConfigObject from)
    {
        foreach ((string name, ConfigNode value) in from.Members)
        {
            if (value is ConfigObject source && this[name] is ConfigObject target)
                target.Merge(source);
            else
                Set(name, value.NameOrigin, value);
        }
    }

    public override void WriteTo(Utf8JsonWriter writer) => WriteTo(writer, []);

    /// <summary>Writes the object without some of its members.</summary>
    public void WriteTo(Utf8JsonWriter writer, IReadOnlyCollection<string> without)
    {
        writer.WriteStartObject();
        foreach ((string name, ConfigNode value) in Members)
        {
            if (without.Contains(name))
                continue;
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}

/// <summary>An array.</summary>
internal sealed class ConfigArray(Origin origin) : ConfigNode(origin)
{
    private readonly List<ConfigNode> _items = [];

    public IReadOnlyList<ConfigNode> Items => _items;

    public void Add(ConfigNode item)
    {
        Adopt(item, _items.Count);
        _items.Add(item);
    }

    /// <summary>Replaces an item.</summary>
    public void Set(int index, ConfigNode item)
    {
        Adopt(item, index);
        _items[index] = item;
    }

    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (ConfigNode item in _items)
            item.WriteTo(writer);
        writer.WriteEndArray();
    }
}

/// <summary>A string, number, boolean or null.</summary>
/// <param name="origin">Where the value begins.</param>
/// <param name="kind">String, Number, True, False or Null.</param>
/// <param name="json">The token as written, including quotes and escapes; UTF-8.</param>
/// <param name="text">The value of a string; null for other kinds.</param>
internal sealed class ConfigScalar(Origin origin, JsonValueKind kind, ReadOnlyMemory<byte> json, string? text) : ConfigNode(origin)
{
    public JsonValueKind Kind => kind;

    public ReadOnlySpan<byte> Json => json.Span;

    public string? Text => text;

    /// <summary>The token as written.</summary>
    public string Written => Encoding.UTF8.GetString(json.Span);

    /// <summary>Creates a string value.</summary>
    public static ConfigScalar FromString(Origin origin, string text) =>
        new(origin, JsonValueKind.String, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\""), text);

    public override void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(json.Span, skipInputValidation: true);
}
