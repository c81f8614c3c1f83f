using System.Runtime.InteropServices;

namespace Spud.Execution;

/// <summary>Numbers as the bytes of a file, and back.</summary>
internal static class RawBytes
{
    /// <summary>The bytes of values.</summary>
    public static ReadOnlySpan<byte> Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values);

    /// <summary>Bytes as values; of a remainder nothing is seen.</summary>
    public static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);
}
