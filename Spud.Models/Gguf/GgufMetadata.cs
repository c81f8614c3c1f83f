using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Spud.Models;

/// <summary>
/// The key-value pairs of a GGUF file, typed. Values are decoded from the mapped file on demand and not cached: read a large
/// array only once. A key counts as read as soon as a getter has asked for it. Usable until the file is closed; not thread-safe.
/// </summary>
public sealed partial class GgufMetadata
{
    private const string Convert = "Use another file of this model, or convert it again with a current converter.";

    private readonly MappedFile _file;
    private readonly Dictionary<string, GgufValue> _values;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    internal GgufMetadata(MappedFile file, Dictionary<string, GgufValue> values) => (_file, _values) = (file, values);

    /// <summary>Path of the file that contains the pairs.</summary>
    public string Path => _file.Path;

    /// <summary>Every key, in the order of the file.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>The keys that no getter has asked for yet, in the order of the file.</summary>
    public IEnumerable<string> Unread => _values.Keys.Where(key => !_read.Contains(key));

    /// <summary>Whether the file has the key. Does not count as reading it.</summary>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>Whether the file has the key and its value is an array. Does not count as reading it.</summary>
    public bool IsArray(string key) => _values.TryGetValue(key, out GgufValue? value) && value.IsArray;

    /// <summary>Type of a value, or of the elements of an array; null if the key is absent. Does not count as reading it.</summary>
    public GgufValueType? TypeOf(string key) => _values.TryGetValue(key, out GgufValue? value) ? value.Type : null;

    /// <summary>Elements of an array; 1 for any other value, 0 if the key is absent. Does not count as reading it.</summary>
    public int CountOf(string key) => !_values.TryGetValue(key, out GgufValue? value) ? 0 : value.IsArray ? value.Count : 1;

    /// <summary>Counts a key as read without decoding it: for keys known to be irrelevant.</summary>
    public void Ignore(string key) => _read.Add(key);

    /// <summary>An integer of any width whose value fits.</summary>
    /// <exception cref="ModelFileException">The key is absent, not an integer, or outside <paramref name="min"/> to <paramref name="max"/>.</exception>
    public int RequireInt(string key, int min = int.MinValue, int max = int.MaxValue) =>
        TryGetInt(key, out int value, min, max) ? value : throw Missing(key, "an integer");

    /// <summary>As <see cref="RequireInt"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not an integer, or outside <paramref name="min"/> to <paramref name="max"/>.</exception>
    public bool TryGetInt(string key, out int value, int min = int.MinValue, int max = int.MaxValue)
    {
        bool found = TryGetLong(key, out long wide);
        if (found && (wide < min || wide > max))
            throw Fault(key, $"expected an integer from {min} to {max}, got {wide}");
        value = (int)wide;
        return found;
    }

    /// <summary>An integer of any width that fits Int64.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such an integer.</exception>
    public long RequireLong(string key) => TryGetLong(key, out long value) ? value : throw Missing(key, "an integer");

    /// <summary>As <see cref="RequireLong"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such an integer.</exception>
    public bool TryGetLong(string key, out long value)
    {
        value = 0;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (place.IsArray || !IsInteger(place.Type))
            throw WrongType(key, "an integer", place);
        value = Integer(key, place.Type, _file.Bytes(place.Offset, GgufValue.FixedBytes(place.Type)));
        return true;
    }

    /// <summary>A finite number of type Float32 or Float64, as the nearest float.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such a number.</exception>
    public float RequireFloat(string key) => TryGetFloat(key, out float value) ? value : throw Missing(key, "a floating-point number");

    /// <summary>As <see cref="RequireFloat"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not such a number.</exception>
    public bool TryGetFloat(string key, out float value)
    {
        value = 0;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (place.IsArray || !IsFloat(place.Type))
            throw WrongType(key, "a floating-point number", place);
        value = Float(place.Type, _file.Bytes(place.Offset, GgufValue.FixedBytes(place.Type)));
        return float.IsFinite(value) ? true : throw Fault(key, $"expected a finite number, got {value}");
    }

    /// <summary>A finite number of type Float64.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not such a number.</exception>
    public double RequireDouble(string key)
    {
        if (!TryFind(key, out GgufValue? place))
            throw Missing(key, "a number in double precision");
        if (place.IsArray || place.Type != GgufValueType.Float64)
            throw WrongType(key, "a number in double precision", place);
        double value = BinaryPrimitives.ReadDoubleLittleEndian(_file.Bytes(place.Offset, GgufValue.FixedBytes(place.Type)));
        return double.IsFinite(value) ? value : throw Fault(key, $"expected a finite number, got {value}");
    }

    /// <summary>A Boolean.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not a Boolean.</exception>
    public bool RequireBool(string key) => TryGetBool(key, out bool value) ? value : throw Missing(key, "a truth value");

    /// <summary>As <see cref="RequireBool"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not a Boolean.</exception>
    public bool TryGetBool(string key, out bool value)
    {
        value = false;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (place.IsArray || place.Type != GgufValueType.Bool)
            throw WrongType(key, "a truth value", place);
        value = _file.Bytes(place.Offset, 1)[0] != 0;
        return true;
    }

    /// <summary>A string.</summary>
    /// <exception cref="ModelFileException">The key is absent, or its value is not a string.</exception>
    public string RequireString(string key) => TryGetString(key, out string? value) ? value : throw Missing(key, "a string");

    /// <summary>As <see cref="RequireString"/>; false if the key is absent.</summary>
    /// <exception cref="ModelFileException">The value is not a string.</exception>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (!TryFind(key, out GgufValue? place))
            return false;
        if (place.IsArray || place.Type != GgufValueType.String)
            throw WrongType(key, "a string", place);
        value = Encoding.UTF8.GetString(_file.Bytes(place.Offset, place.Count));
        return true;
    }

    /// <summary>An exception for a fault of a key's value that goes beyond its type.</summary>
    internal ModelFileException Fault(string key, string problem, string advice = Convert) =>
        new($"{_file.Path}: key {ModelFileException.Quote(key)}: {problem}. {advice}");

    private ModelFileException Missing(string key, string expected) => Fault(key, $"expected {expected}, got nothing: the key is missing");

    private ModelFileException WrongType(string key, string expected, GgufValue got) => Fault(key, $"expected {expected}, got {got}");

    private bool TryFind(string key, [NotNullWhen(true)] out GgufValue? value)
    {
        _read.Add(key);
        return _values.TryGetValue(key, out value);
    }

    private static bool IsInteger(GgufValueType type) => !IsFloat(type) && type is not (GgufValueType.Bool or GgufValueType.String);

    private static bool IsFloat(GgufValueType type) => type is GgufValueType.Float32 or GgufValueType.Float64;

    private static float Float(GgufValueType type, ReadOnlySpan<byte> bytes) => type == GgufValueType.Float32
        ? BinaryPrimitives.ReadSingleLittleEndian(bytes)
        : (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes);

    private long Integer(string key, GgufValueType type, ReadOnlySpan<byte> bytes) => type switch
    {
        GgufValueType.UInt8 => bytes[0],
        GgufValueType.Int8 => (sbyte)bytes[0],
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        GgufValueType.UInt64 when bytes[7] > 0x7f => throw Fault(
            key, $"expected an integer of 63 bits, got {BinaryPrimitives.ReadUInt64LittleEndian(bytes)}"),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };
}
