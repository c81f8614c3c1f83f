using System.Text;
using System.Text.Json;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>Reads JSON with comments and trailing commas into a tree with origins.</summary>
internal sealed class ConfigParser
{
    /// <summary>Maximum nesting of objects and arrays; options need three or four levels.</summary>
    public const int MaxDepth = 64;

    private readonly byte[] _json;
    private readonly PlaceCounter _places;
    private readonly FaultList _faults;

    private ConfigParser(byte[] json, PlaceCounter places, FaultList faults) => (_json, _places, _faults) = (json, places, faults);

    /// <summary>Parses one value; duplicate members and excessive depth are faults.</summary>
    /// <param name="json">Valid UTF-8 without a byte order mark.</param>
    /// <param name="places">Converts byte offsets to places in the text.</param>
    /// <param name="faults">Faults are added to this list.</param>
    /// <exception cref="JsonException">The text is not JSON; contains line and byte position.</exception>
    public static ConfigNode Parse(byte[] json, PlaceCounter places, FaultList faults)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = MaxDepth + 1, // one more, so that this class detects the excess first and reports it in its own words
        });
        ConfigParser parser = new(json, places, faults);
        reader.Read();
        ConfigNode root = parser.Value(ref reader);
        reader.Read(); // throws if anything follows
        return root;
    }

    private ConfigNode Value(ref Utf8JsonReader reader)
    {
        Origin origin = Place(ref reader);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                RequireDepth(ref reader, origin);
                return Object(ref reader, origin);
            case JsonTokenType.StartArray:
                RequireDepth(ref reader, origin);
                return Array(ref reader, origin);
            default:
                return Scalar(ref reader, origin);
        }
    }

    private ConfigObject Object(ref Utf8JsonReader reader, Origin origin)
    {
        ConfigObject result = new(origin);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Origin nameOrigin = Place(ref reader);
            string name = Text(ref reader, nameOrigin);
            reader.Read();
            ConfigNode value = Value(ref reader);
            if (!result.TryAdd(name, nameOrigin, value))
                _faults.Add(nameOrigin, $"'{QuotedText.Of(name)}' appears twice, first at {result[name]!.NameOrigin}. Keep one of them.");
        }

        return result;
    }

    private ConfigArray Array(ref Utf8JsonReader reader, Origin origin)
    {
        ConfigArray result = new(origin);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            result.Add(Value(ref reader));
        return result;
    }

    private ConfigScalar Scalar(ref Utf8JsonReader reader, Origin origin)
    {
        int start = (int)reader.TokenStartIndex;
        ReadOnlyMemory<byte> written = _json.AsMemory(start, (int)reader.BytesConsumed - start);
        return reader.TokenType switch
        {
            JsonTokenType.String => new ConfigScalar(origin, JsonValueKind.String, written, Text(ref reader, origin)),
            JsonTokenType.Number => new ConfigScalar(origin, JsonValueKind.Number, written, null),
            JsonTokenType.True => new ConfigScalar(origin, JsonValueKind.True, written, null),
            JsonTokenType.False => new ConfigScalar(origin, JsonValueKind.False, written, null),
            _ => new ConfigScalar(origin, JsonValueKind.Null, written, null),
        };
    }

    private string Text(ref Utf8JsonReader reader, Origin origin)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException) // thrown by the reader for an escaped unpaired surrogate
        {
            string written = Encoding.UTF8.GetString(reader.ValueSpan);
            _faults.Add(origin, $"\"{QuotedText.Of(written)}\" is not valid text: it contains half of a surrogate pair. Write both halves, or the character itself.");
            return written;
        }
    }

    private static void RequireDepth(ref Utf8JsonReader reader, Origin origin)
    {
        // Before its first member a container does not count towards the depth.
        if (reader.CurrentDepth < MaxDepth)
            return;
        throw new ConfigurationException([new Fault(origin, $"nested deeper than {MaxDepth} levels.")]);
    }

    private Origin Place(ref Utf8JsonReader reader) => _places.At(_json, (int)reader.TokenStartIndex);
}
