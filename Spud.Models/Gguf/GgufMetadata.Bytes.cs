using System.Buffers.Binary;

namespace Spud.Models;

public sealed partial class GgufMetadata
{
    /// <summary>Whether a key has the same value in two files: type and bytes. False if only one has it. Does not count as reading it.</summary>
    public bool HasSameValue(GgufMetadata other, string key)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!_values.TryGetValue(key, out GgufValue? mine) || !other._values.TryGetValue(key, out GgufValue? theirs))
            return !_values.ContainsKey(key) && !other._values.ContainsKey(key);

        return mine.Type == theirs.Type && mine.IsArray == theirs.IsArray && mine.Count == theirs.Count && BytesOf(mine).SequenceEqual(other.BytesOf(theirs));
    }

    /// <summary>A value as stored in a file after its key: type, counts and bytes. Counts as reading it.</summary>
    /// <exception cref="ModelFileException">The key is absent.</exception>
    internal byte[] Encoded(string key)
    {
        if (!TryFind(key, out GgufValue? value))
            throw Missing(key, "a value");

        ReadOnlySpan<byte> content = BytesOf(value);
        using MemoryStream bytes = new(content.Length + 16);
        using BinaryWriter writer = new(bytes);
        if (value.IsArray)
            writer.Write((int)GgufValueType.Array);
        writer.Write((int)value.Type);
        if (value.IsArray || value.Type == GgufValueType.String)
            writer.Write((long)value.Count);
        writer.Write(content);
        return bytes.ToArray();
    }

    private ReadOnlySpan<byte> BytesOf(GgufValue value)
    {
        if (value.Type != GgufValueType.String)
            return _file.Bytes(value.Offset, value.Count * GgufValue.FixedBytes(value.Type));
        if (!value.IsArray)
            return _file.Bytes(value.Offset, value.Count);

        // Each string follows its length.
        long end = value.Offset;
        for (int i = 0; i < value.Count; i++)
            end += sizeof(long) + BinaryPrimitives.ReadInt64LittleEndian(_file.Bytes(end, sizeof(long)));

        return _file.Bytes(value.Offset, checked((int)(end - value.Offset)));
    }
}
