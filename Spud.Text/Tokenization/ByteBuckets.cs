namespace Spud.Text.Tokenization;

/// <summary>
/// Bytes in 64 kinds that grammars rarely tell apart within: each ASCII punctuation mark and white space, letters and digits in groups, and the bytes of
/// longer characters, as a bit each. A set of kinds says which bytes a part of the vocabulary consists of.
/// </summary>
internal static class ByteBuckets
{
    /// <summary>The bytes of characters beyond ASCII, where they follow each other as in UTF-8.</summary>
    public const ulong Encoded = 1UL << 63;

    /// <summary>Such bytes elsewhere: no grammar is sure to read them.</summary>
    public const ulong Stray = 1UL << 62;

    private static readonly byte[] s_numbers = Number();

    /// <summary>For each kind of ASCII characters: the characters.</summary>
    public static byte[][] Ascii { get; } = [.. Enumerable.Range(0, 128).GroupBy(b => s_numbers[b]).OrderBy(static group => group.Key).Select(static group => group.Select(static b => (byte)b).ToArray())];

    /// <summary>The kind of an ASCII character.</summary>
    public static ulong Of(byte b) => 1UL << s_numbers[b];

    private static byte[] Number()
    {
        byte[] numbers = new byte[128];
        Dictionary<string, byte> known = [];
        for (int b = 0; b < numbers.Length; b++)
        {
            char c = (char)b;
            string kind = c switch
            {
                >= 'a' and <= 'f' => "a-f",
                >= 'g' and <= 'z' => "g-z",
                >= 'A' and <= 'F' => "A-F",
                >= 'G' and <= 'Z' => "G-Z",
                >= '1' and <= '9' => "1-9",
                < ' ' and not ('\t' or '\n' or '\r') => "control",
                _ => $"{c}",
            };
            known.TryAdd(kind, (byte)known.Count);
            numbers[b] = known[kind];
        }

        return numbers;
    }
}
