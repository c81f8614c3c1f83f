using System.Text;

namespace Spud.Models;

/// <summary>A read-only list of byte strings (normally UTF-8), stored end to end in one block.</summary>
/// <remarks>A vocabulary of 49,152 .NET strings costs several milliseconds to build; this costs one copy.</remarks>
public sealed class Utf8Strings
{
    private readonly byte[] _bytes;
    private readonly int[] _offsets;

    /// <param name="bytes">All strings, end to end.</param>
    /// <param name="offsets">Count + 1 ascending offsets into <paramref name="bytes"/>; the first is 0, the last the total length.</param>
    /// <exception cref="ArgumentException">The offsets do not describe <paramref name="bytes"/>.</exception>
    public Utf8Strings(byte[] bytes, int[] offsets)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(offsets);
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != bytes.Length)
        {
            throw new ArgumentException($"offsets: expected 0 .. {bytes.Length}, got {offsets.Length} offsets that do not start and end there.", nameof(offsets));
        }

        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
            {
                throw new ArgumentException($"offsets: expected ascending values, got {offsets[i - 1]} and then {offsets[i]} at {i}.", nameof(offsets));
            }
        }

        _bytes = bytes;
        _offsets = offsets;
    }

    /// <summary>Number of strings.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>The bytes of one string.</summary>
    /// <exception cref="IndexOutOfRangeException"><paramref name="index"/> is not in 0 .. Count - 1.</exception>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_offsets[index], _offsets[index + 1] - _offsets[index]);

    /// <summary>Creates a list from .NET strings, encoded as UTF-8.</summary>
    public static Utf8Strings From(IEnumerable<string> strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        var bytes = new List<byte>();
        var offsets = new List<int> { 0 };
        foreach (string text in strings)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text));
            offsets.Add(bytes.Count);
        }

        return new Utf8Strings(bytes.ToArray(), offsets.ToArray());
    }
}
