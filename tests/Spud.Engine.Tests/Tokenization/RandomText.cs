using System.Text;

namespace Spud.Tests.Tokenization;

/// <summary>Texts of many scripts, with what pre-tokenisers and special tokens care about strewn in.</summary>
internal static class RandomText
{
    private static readonly string[] Bits =
    [
        "'s", "'RE", "'ll", "'", "\r\n", "\n", "  ", "    ", "\t", " ", "/", "...", "!?", "1", "123", "12345678", "Hello", "camelCase", "ABCdef",
        "ÄÖÜäöü", "中文字", "ひらがな", "カタカナ", "한국어", "ไทย", "عربي", "हिन्दी", "👨‍👩‍👧", "𝔄𝔅", "𐐀𐐨", "½", "Ⅷ", "٣٤", "\u00a0", "\u3000",
        "\u2028", "\u0085", "\u200b", "e\u0301", "<0x41>", "<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "。", "“”", "\ufffd", "\u0000",
    ];

    /// <summary>Any UTF-16 units, lone surrogates among them.</summary>
    public static string Any(Random random, int parts)
    {
        var text = new StringBuilder(Valid(random, parts));
        for (int i = random.Next(3); i > 0; i--)
        {
            text.Insert(random.Next(text.Length + 1), (char)random.Next(0x10000));
        }

        return text.ToString();
    }

    /// <summary>Valid text.</summary>
    public static string Valid(Random random, int parts)
    {
        var text = new StringBuilder();
        for (int i = 0; i < parts; i++)
        {
            _ = random.Next(3) switch
            {
                0 => text.Append((char)random.Next(' ', 0x7F)),
                1 when Rune.TryCreate(random.Next(0x110000), out Rune rune) => text.Append(rune.ToString()),
                _ => text.Append(Bits[random.Next(Bits.Length)]),
            };
        }

        return text.ToString();
    }
}
