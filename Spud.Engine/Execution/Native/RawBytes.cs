using System.Runtime.InteropServices;

namespace Spud.Execution;

/// <summary>Converts between numbers and the bytes of a file.</summary>
internal static class RawBytes
{
    /// <summary>Values as bytes.</summary>
    public static ReadOnlySpan<byte> Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values);

    /// <summary>Bytes as values; a remainder is ignored.</summary>
    public static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);
}
