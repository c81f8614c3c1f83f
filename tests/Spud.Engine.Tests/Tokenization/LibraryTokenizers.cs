using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Spud.Models;
using Spud.Text.Tokenization;

namespace Spud.Tests.Tokenization;

/// <summary>Tokenizers of Microsoft.ML.Tokenizers with the vocabularies of model files: an oracle that shares no code with Spud's.</summary>
internal static class LibraryTokenizers
{
    private const string Gpt = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Rest = @"\s+(?!\S)|\s+";

    /// <summary>The regular expressions that the models' authors publish, by llama.cpp's names.</summary>
    public static IReadOnlyDictionary<string, string> Expressions { get; } = new Dictionary<string, string>
    {
        ["gpt-2"] = Gpt,
        // Single digits are split off first: blanks before one are a piece of their own.
        ["smollm"] = @"\p{N}|\s+(?=\p{N})|" + Gpt,
        ["llama-bpe"] = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|" + Rest,
        ["qwen2"] = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|" + Rest,
        ["gpt-4o"] = $@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+{Contractions}?|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*{Contractions}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|" + Rest,
        ["tekken"] = $@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|" + Rest,
    };

    /// <summary>Byte-level BPE.</summary>
    /// <param name="vocabulary">Tokens and merges.</param>
    /// <param name="preTokenizer">A name of <see cref="Expressions"/>.</param>
    public static BpeTokenizer BytePair(VocabularyData vocabulary, string preTokenizer) => BpeTokenizer.Create(new BpeOptions(Texts(vocabulary.Tokens).Select((text, id) => KeyValuePair.Create(text, id)))
    {
        Merges = Texts(vocabulary.Merges!),
        ByteLevel = true,
        PreTokenizer = new RegexPreTokenizer(new Regex(Expressions[preTokenizer], RegexOptions.CultureInvariant), null),
    });

    /// <summary>SentencePiece, from the model file that SentencePiece itself would have written.</summary>
    public static SentencePieceTokenizer SentencePiece(VocabularyData vocabulary)
    {
        using MemoryStream model = new(ModelProto(vocabulary));
        return SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: false);
    }

    private static IEnumerable<string> Texts(Utf8Strings strings) => Enumerable.Range(0, strings.Count).Select(i => Encoding.UTF8.GetString(strings[i]));

    // sentencepiece_model.proto: pieces (1), trainer_spec (2) and normalizer_spec (3).
    private static byte[] ModelProto(VocabularyData vocabulary)
    {
        const int piece = 1, score = 2, type = 3, bpe = 2;
        MemoryStream model = new();
        for (int id = 0; id < vocabulary.Tokens.Count; id++)
        {
            MemoryStream entry = new();
            Bytes(entry, piece, vocabulary.Tokens[id]);
            byte[] bits = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bits, vocabulary.Scores.Span[id]);
            Varint(entry, score << 3 | 5);
            entry.Write(bits);
            Number(entry, type, vocabulary.TokenTypes.Span[id]);
            Bytes(model, 1, entry.ToArray());
        }

        MemoryStream trainer = new(), normalizer = new();
        Number(trainer, 3, bpe);
        Number(trainer, 35, 1); // byte_fallback
        Bytes(normalizer, 1, "identity"u8);
        Number(normalizer, 3, 1); // add_dummy_prefix
        Number(normalizer, 4, 0); // remove_extra_whitespaces
        Number(normalizer, 5, 1); // escape_whitespaces
        Bytes(model, 2, trainer.ToArray());
        Bytes(model, 3, normalizer.ToArray());
        return model.ToArray();
    }

    private static void Number(Stream to, int field, int value)
    {
        Varint(to, field << 3);
        Varint(to, value);
    }

    private static void Bytes(Stream to, int field, ReadOnlySpan<byte> content)
    {
        Varint(to, field << 3 | 2);
        Varint(to, content.Length);
        to.Write(content);
    }

    private static void Varint(Stream to, int value)
    {
        for (; value > 0x7f; value >>= 7)
            to.WriteByte((byte)(value | 0x80));

        to.WriteByte((byte)value);
    }
}
