namespace Spud.Models;

/// <summary>Location of a validated metadata value in its file; decoded on demand.</summary>
/// <param name="Type">Type of the value, or of the elements of an array; never <see cref="GgufValueType.Array"/>.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="Count">Elements of an array, UTF-8 bytes of a single string, else 1.</param>
/// <param name="Offset">Byte offset in the file of the first element (in an array of strings, of the first length) or of the string.</param>
internal sealed record GgufValue(GgufValueType Type, bool IsArray, int Count, long Offset)
{
    /// <summary>Bytes of a value of a type with a fixed size; 0 for strings and arrays.</summary>
    public static int FixedBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    /// <summary>The type as text, for messages: "Int32" or "array of 7 String".</summary>
    public override string ToString() => IsArray ? $"array of {Count} {Type}" : Type.ToString();
}
