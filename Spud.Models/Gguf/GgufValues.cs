namespace Spud.Models;

/// <summary>Reads and checks the metadata of a header without decoding it: 100,000 vocabulary strings are skipped over, not allocated.</summary>
internal static class GgufValues
{
    /// <summary>Length, one character, type and the smallest value.</summary>
    private const int MinEntryBytes = 8 + 1 + 4 + 1;

    /// <summary>Limit of the specification.</summary>
    private const int MaxKeyBytes = 65535;

    public static GgufMetadata Read(GgufReader reader)
    {
        int count = reader.Count("keys", MinEntryBytes);
        Dictionary<string, GgufValue> values = new(StringComparer.Ordinal); // grows with what is actually present
        for (int i = 0; i < count; i++)
        {
            (reader.Kind, reader.Name) = ("key", null);
            string key = reader.Text("name of a key", MaxKeyBytes);
            reader.Name = key;
            if (values.ContainsKey(key))
                throw reader.Fault("the key occurs twice");
            values.Add(key, ReadValue(reader));
        }

        (reader.Kind, reader.Name) = ("header", null);
        return new GgufMetadata(reader.File, values);
    }

    private static GgufValue ReadValue(GgufReader reader)
    {
        GgufValueType type = ReadType(reader, "type of the value");
        if (type == GgufValueType.Array)
            return ReadArray(reader);

        long offset = reader.Position;
        if (type != GgufValueType.String)
        {
            CheckElements(reader, type, 1);
            return new GgufValue(type, IsArray: false, 1, offset);
        }

        reader.SkipText("string");
        offset += 8;
        return new GgufValue(type, IsArray: false, (int)(reader.Position - offset), offset);
    }

    private static GgufValue ReadArray(GgufReader reader)
    {
        GgufValueType type = ReadType(reader, "type of the elements");
        if (type == GgufValueType.Array)
            throw reader.Fault("an array of arrays, expected plain values", "Spud reads no nested arrays: convert the model without this key.");

        int count = reader.Count("elements", type == GgufValueType.String ? 8 : GgufValue.FixedBytes(type));
        GgufValue value = new(type, IsArray: true, count, reader.Position);
        CheckElements(reader, type, count);
        return value;
    }

    private static GgufValueType ReadType(GgufReader reader, string what)
    {
        uint number = reader.UInt32(what);
        return number <= (uint)GgufValueType.Float64
            ? (GgufValueType)number
            : throw reader.Fault($"the {what} is {number}, expected 0 to 12");
    }

    private static void CheckElements(GgufReader reader, GgufValueType type, int count)
    {
        if (type == GgufValueType.String)
        {
            reader.SkipTexts(count, "string of an array");
            return;
        }

        ReadOnlySpan<byte> bytes = reader.Take(count * GgufValue.FixedBytes(type), "value");
        if (type == GgufValueType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw reader.Fault("a truth value is neither 0 nor 1");
    }
}
