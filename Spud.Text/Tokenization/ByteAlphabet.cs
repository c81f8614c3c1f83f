using System.Text;

namespace Spud.Text.Tokenization;

/// <summary>
/// GPT-2's printable alphabet for bytes: bytes that are printable in Latin-1 represent themselves,
/// the others are mapped to U+0100 and following, in order. Vocabularies of byte-level BPE use this alphabet.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharOfByte = MakeCharOfByte();
    private static readonly byte?[] ByteOfChar = MakeByteOfChar();

    /// <summary>Writes <paramref name="bytes"/> in the alphabet, as UTF-8; at most two bytes for each.</summary>
    /// <returns>Number of bytes of <paramref name="destination"/> written.</returns>
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        int written = 0;
        foreach (byte b in bytes)
        {
            char c = CharOfByte[b];
            if (c < 0x80)
            {
                destination[written++] = (byte)c;
            }
            else
            {
                destination[written++] = (byte)(0xC0 | c >> 6);
                destination[written++] = (byte)(0x80 | c & 0x3F);
            }
        }

        return written;
    }

    /// <summary>The bytes represented by a token's text; a character outside the alphabet represents its own UTF-8 bytes.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>(text.Length);
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (rune.Value < ByteOfChar.Length && ByteOfChar[rune.Value] is { } b)
            {
                bytes.Add(b);
            }
            else
            {
                bytes.AddRange(text[..length]);
            }

            text = text[length..];
        }

        return bytes.ToArray();
    }

    private static byte?[] MakeByteOfChar()
    {
        var bytes = new byte?[0x144]; // 68 bytes are not printable
        for (int b = 0; b < 256; b++)
        {
            bytes[CharOfByte[b]] = (byte)b;
        }

        return bytes;
    }

    private static char[] MakeCharOfByte()
    {
        var chars = new char[256];
        char next = (char)0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xAC or >= 0xAE;
            chars[b] = printable ? (char)b : next++;
        }

        return chars;
    }
}
