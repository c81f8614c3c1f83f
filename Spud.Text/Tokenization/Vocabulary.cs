using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Spud.Models;

namespace Spud.Text.Tokenization;

/// <summary>The tokens of a model: texts, scores, attributes, and the mapping from a text to its id.</summary>
internal sealed class Vocabulary
{
    private readonly ReadOnlyMemory<float> _scores;
    private readonly ByteStringTable _table;

    public Vocabulary(VocabularyData data)
    {
        Texts = WithoutEmpty(data.Tokens);
        _scores = data.Scores;
        _table = new ByteStringTable(Texts);
        if (_table.FirstDuplicate is var (earlier, later))
        {
            throw new ModelFileException($"{data.Source}: expected a unique text for every token, got {Name(earlier)} for the tokens {earlier} and {later}. Convert the model again.");
        }

        RequireOnePerToken(data, data.Scores.Length, "tokenizer.ggml.scores");
        RequireOnePerToken(data, data.TokenTypes.Length, "tokenizer.ggml.token_type");
        Attributes = AttributesOf(data.TokenTypes.Span, Count);
    }

    public int Count => Texts.Count;

    public Utf8Strings Texts { get; }

    /// <summary>The attributes of each token; those that the loader derives from the texts are added.</summary>
    public TokenAttributes[] Attributes { get; }

    /// <summary>Length of the longest text in bytes.</summary>
    public int LongestBytes => _table.LongestBytes;

    public float ScoreOf(int id) => _scores.IsEmpty ? 0 : _scores.Span[id];

    public bool TryFind(ReadOnlySpan<byte> text, out int id) => _table.TryFind(text, out id);

    public int? Find(string text) => TryFind(Encoding.UTF8.GetBytes(text), out int id) ? id : null;

    public bool Has(int id, TokenAttributes any) => (Attributes[id] & any) != 0;

    /// <summary>The byte represented by a token of the form "&lt;0x0A&gt;"; null for any other.</summary>
    public byte? ByteOf(int id)
    {
        ReadOnlySpan<byte> text = Texts[id];
        return text.Length == 6 && text.StartsWith("<0x"u8) && text[5] == '>'
            && byte.TryParse(text[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;
    }

    /// <summary>A token as shown in messages.</summary>
    public string Name(int id) => $"'{Encoding.UTF8.GetString(Texts[id])}'";

    private void RequireOnePerToken(VocabularyData data, int count, string what)
    {
        if (count != 0 && count < Count)
        {
            throw new ModelFileException($"{data.Source}: {what}: expected {Count} values, one per token, got {count}. Convert the model again.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a hundred thousand tokens, once a process
    private static TokenAttributes[] AttributesOf(ReadOnlySpan<int> types, int count)
    {
        var attributes = new TokenAttributes[count];
        for (int id = 0; id < count; id++)
        {
            attributes[id] = types.IsEmpty ? TokenAttributes.Normal : types[id] switch
            {
                1 => TokenAttributes.Normal,
                2 => TokenAttributes.Unknown,
                3 => TokenAttributes.Control,
                4 => TokenAttributes.UserDefined,
                6 => TokenAttributes.Byte,
                _ => TokenAttributes.None,
            };
        }

        return attributes;
    }

    // An empty text would match everywhere; llama.cpp also names such tokens after their ids.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Utf8Strings WithoutEmpty(Utf8Strings texts)
    {
        for (int id = 0; id < texts.Count; id++)
        {
            if (texts[id].IsEmpty)
            {
                return NameEmpty(texts);
            }
        }

        return texts;
    }

    private static Utf8Strings NameEmpty(Utf8Strings texts) => Utf8Strings.From(
        Enumerable.Range(0, texts.Count).Select(id => texts[id].IsEmpty ? $"[EMPTY_{id}]" : Encoding.UTF8.GetString(texts[id])));
}
