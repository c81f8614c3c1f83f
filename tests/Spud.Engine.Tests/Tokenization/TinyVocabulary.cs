using Spud.Models;
using Spud.Text.Tokenization;

namespace Spud.Tests.Tokenization;

/// <summary>Vocabularies small enough to read.</summary>
internal static class TinyVocabulary
{
    public const int Unknown = 2;
    public const int Control = 3;
    public const int UserDefined = 4;
    public const int Byte = 6;

    /// <summary>SentencePiece: &lt;unk&gt;, &lt;s&gt;, &lt;/s&gt;, 256 bytes, ▁ and a to z, then <paramref name="more"/> with its types.</summary>
    public static VocabularyData SentencePiece(params (string Text, int Type)[] more)
    {
        List<(string Text, int Type)> tokens = [("<unk>", Unknown), ("<s>", Control), ("</s>", Control)];
        tokens.AddRange(Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", Byte)));
        tokens.Add(("▁", 1));
        tokens.AddRange(Enumerable.Range('a', 26).Select(c => (((char)c).ToString(), 1)));
        tokens.AddRange(more);
        return new VocabularyData
        {
            Model = "llama",
            Tokens = Utf8Strings.From(tokens.Select(token => token.Text)),
            TokenTypes = tokens.Select(token => token.Type).ToArray(),
            Scores = Enumerable.Range(0, tokens.Count).Select(id => (float)-id).ToArray(),
        };
    }

    /// <summary>Byte-level BPE: the 256 bytes, then <paramref name="merges"/>, then <paramref name="more"/> with its types.</summary>
    public static VocabularyData BytePair(string? preTokenizer, string[] merges, params (string Text, int Type)[] more)
    {
        List<(string Text, int Type)> tokens = [.. Enumerable.Range(0, 256).Select(b => (Alphabet((byte)b), 1))];
        tokens.AddRange(merges.Select(merge => (merge.Replace(" ", ""), 1)));
        tokens.AddRange(more);
        return new VocabularyData
        {
            Model = "gpt2",
            PreTokenizer = preTokenizer,
            Tokens = Utf8Strings.From(tokens.Select(token => token.Text)),
            TokenTypes = tokens.Select(token => token.Type).ToArray(),
            Merges = Utf8Strings.From(merges),
            AddBos = false,
        };
    }

    private static string Alphabet(byte b)
    {
        byte[] text = new byte[2];
        return System.Text.Encoding.UTF8.GetString(text, 0, ByteAlphabet.Encode([b], text));
    }
}
