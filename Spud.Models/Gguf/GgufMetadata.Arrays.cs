using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Spud.Models;

public sealed partial class GgufMetadata
{
    /// <summary>An array of strings, newly allocated.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such an array.</exception>
    public string[] RequireStrings(string key) => TryGetStrings(key, out string[]? values) ? values : throw Missing(key, "an array of strings");

    /// <summary>As <see cref="RequireStrings"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such an array.</exception>
    public bool TryGetStrings(string key, [NotNullWhen(true)] out string[]? values)
    {
        values = null;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (!IsArrayOf(place, place.Type == GgufValueType.String))
            throw WrongType(key, "an array of strings", place);

        values = Texts(place);
        return true;
    }

    /// <summary>An array of strings as UTF-8, copied: for vocabularies, which would otherwise be a hundred thousand small objects.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such an array, or is 2 GiB or longer.</exception>
    public Utf8Strings RequireUtf8Strings(string key) =>
        TryGetUtf8Strings(key, out Utf8Strings? values) ? values : throw Missing(key, "an array of strings");

    /// <summary>As <see cref="RequireUtf8Strings"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such an array, or is 2 GiB or longer.</exception>
    public bool TryGetUtf8Strings(string key, [NotNullWhen(true)] out Utf8Strings? values)
    {
        values = null;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (!IsArrayOf(place, place.Type == GgufValueType.String))
            throw WrongType(key, "an array of strings", place);

        values = Utf8Texts(key, place);
        return true;
    }

    /// <summary>An array of integers of any width whose values fit Int32, newly allocated.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such an array.</exception>
    public int[] RequireInts(string key) => TryGetInts(key, out int[]? values) ? values : throw Missing(key, "an array of integers");

    /// <summary>As <see cref="RequireInts"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such an array.</exception>
    public bool TryGetInts(string key, [NotNullWhen(true)] out int[]? values)
    {
        values = null;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (!IsArrayOf(place, IsInteger(place.Type)))
            throw WrongType(key, "an array of integers", place);

        ReadOnlySpan<byte> bytes = Elements(place, out int size);
        values = new int[place.Count];
        for (int i = 0; i < values.Length; i++)
        {
            long value = Integer(key, place.Type, bytes.Slice(i * size, size));
            values[i] = value == (int)value ? (int)value : throw Fault(key, $"element {i}: expected an integer of 32 bits, got {value}");
        }

        return true;
    }

    /// <summary>An array of Float32 or Float64 as the nearest floats, newly allocated. Infinities and NaN are passed on.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such an array.</exception>
    public float[] RequireFloats(string key) =>
        TryGetFloats(key, out float[]? values) ? values : throw Missing(key, "an array of floating-point numbers");

    /// <summary>As <see cref="RequireFloats"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such an array.</exception>
    public bool TryGetFloats(string key, [NotNullWhen(true)] out float[]? values)
    {
        values = null;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (!IsArrayOf(place, IsFloat(place.Type)))
            throw WrongType(key, "an array of floating-point numbers", place);

        ReadOnlySpan<byte> bytes = Elements(place, out int size);
        values = new float[place.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Float(place.Type, bytes.Slice(i * size, size));
        return true;
    }

    /// <summary>An array of Booleans, newly allocated.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such an array.</exception>
    public bool[] RequireBools(string key) => TryGetBools(key, out bool[]? values) ? values : throw Missing(key, "an array of truth values");

    /// <summary>As <see cref="RequireBools"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such an array.</exception>
    public bool TryGetBools(string key, [NotNullWhen(true)] out bool[]? values)
    {
        values = null;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (!IsArrayOf(place, place.Type == GgufValueType.Bool))
            throw WrongType(key, "an array of truth values", place);

        ReadOnlySpan<byte> bytes = Elements(place, out _);
        values = new bool[place.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = bytes[i] != 0;
        return true;
    }

    /// <summary>An empty array fits every type: its writer has no element to take the type from.</summary>
    private static bool IsArrayOf(GgufValue value, bool typeFits) => value.IsArray && (typeFits || value.Count == 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // 100,000 strings, once a process
    private string[] Texts(GgufValue array)
    {
        string[] texts = new string[array.Count];
        ReadOnlySpan<byte> window = _file.Bytes(array.Offset, (int)Math.Min(_file.Length - array.Offset, int.MaxValue));
        for (int i = 0; i < texts.Length; i++)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(window);
            texts[i] = Encoding.UTF8.GetString(window.Slice(8, length));
            window = window[(8 + length)..];
        }

        return texts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // likewise
    private Utf8Strings Utf8Texts(string key, GgufValue array)
    {
        ReadOnlySpan<byte> window = _file.Bytes(array.Offset, (int)Math.Min(_file.Length - array.Offset, int.MaxValue));
        int[] offsets = new int[array.Count + 1];
        long end = 0;
        for (int i = 0; i < array.Count; i++)
        {
            end += BinaryPrimitives.ReadInt64LittleEndian(window[((int)end + 8 * i)..]);
            if (end + 8L * (i + 2) > window.Length && i + 1 < array.Count || end + 8L * (i + 1) > window.Length)
                throw Fault(key, "expected strings of less than 2 GiB together, got more");
            offsets[i + 1] = (int)end;
        }

        byte[] bytes = new byte[offsets[^1]];
        for (int i = 0; i < array.Count; i++)
            window[(offsets[i] + 8 * (i + 1))..(offsets[i + 1] + 8 * (i + 1))].CopyTo(bytes.AsSpan(offsets[i]));
        return new Utf8Strings(bytes, offsets);
    }

    private ReadOnlySpan<byte> Elements(GgufValue array, out int size)
    {
        size = GgufValue.FixedBytes(array.Type);
        return _file.Bytes(array.Offset, array.Count * size);
    }
}
