using System.Text;
using Spud.Models;
using Spud.Text.Tokenization.PreTokenizers;

namespace Spud.Text.Tokenization;

/// <summary>
/// Converts text to token ids and back, with the same ids as llama.cpp: SentencePiece ("llama") and byte-level BPE ("gpt2").
/// Thread-safe.
/// </summary>
public sealed partial class Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly SpecialTokenRoles _roles;
    private readonly SpecialTokenFinder _specials;
    private readonly Func<SubwordSession> _newSession;
    private readonly bool _isBytePair;
    private readonly ShortestEncoding _shortest;

    /// <summary>Creates a tokenizer.</summary>
    /// <exception cref="ModelFileException">The kind or the pre-tokeniser is unknown, or the data are inconsistent.</exception>
    public Tokenizer(VocabularyData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        _isBytePair = data.Model switch
        {
            "gpt2" => true,
            "llama" => false,
            _ => throw new ModelFileException($"{data.Source}: tokenizer.ggml.model: '{data.Model}' is not a tokenizer that Spud knows. Known: gpt2 (byte-level BPE), llama (SentencePiece)."),
        };
        _vocabulary = new Vocabulary(data);
        PreTokenizer? preTokenizer = _isBytePair ? FindPreTokenizer(data) : null;
        _roles = new SpecialTokenRoles(_vocabulary, data.SpecialIds, Defaults(_isBytePair));
        _specials = new SpecialTokenFinder(_vocabulary);
        WhiteSpaceRules.Apply(_vocabulary, data);
        AddsSpacePrefix = !_isBytePair && (data.AddSpacePrefix ?? true);
        AddsBos = (data.AddBos ?? preTokenizer?.AddsBos ?? true) && Bos is not null;
        _shortest = new(_vocabulary, _isBytePair, _roles.Unknown);
        _newSession = preTokenizer is null ? SentencePiece() : BytePair(preTokenizer, data);
    }

    /// <summary>Loads the tokenizer of a model file from its "tokenizer.ggml.*" keys.</summary>
    /// <exception cref="ModelFileException">The file describes no tokenizer known to Spud, or is inconsistent.</exception>
    public static Tokenizer Load(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new Tokenizer(VocabularyReader.Read(metadata));
    }

    /// <summary>Number of tokens; ids are 0 to this, exclusive.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>The token that begins a text, if the model has one.</summary>
    public int? Bos => _roles.Bos;

    /// <summary>The token that ends a text, if the model has one.</summary>
    public int? Eos => _roles.Eos;

    /// <summary>Whether the model adds <see cref="Bos"/> before a text.</summary>
    public bool AddsBos { get; }

    /// <summary>Whether text that follows nothing or a special token gets a leading space (SentencePiece).</summary>
    public bool AddsSpacePrefix { get; }

    /// <summary>The tokens with which a model ends its output: end of text, of turn, of message and similar.</summary>
    public IReadOnlySet<int> EndOfGeneration => _roles.EndOfGeneration;

    /// <summary>Whether a token is a control token, which is not part of a text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public bool IsControl(int id) => _vocabulary.Has(Checked(id), TokenAttributes.Control);

    /// <summary>Encodes a text. Lone surrogates count as U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">
    /// Whether to begin with BOS if the model adds it; one already in the text (from a chat template, for example) is not duplicated. EOS is
    /// never added, regardless of the file: a model continues its texts, and after EOS there is nothing to continue.
    /// </param>
    /// <param name="parseSpecial">Whether the text of a control token, such as &lt;|im_start|&gt;, is encoded as that token. Not for untrusted text.</param>
    public int[] Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial) => Encode(text, addSpecial, parseSpecial ? [] : [Range.EndAt(text.Length)]);

    /// <summary>Encodes a text that contains untrusted parts.</summary>
    /// <param name="text">The text. Lone surrogates count as U+FFFD.</param>
    /// <param name="addSpecial">As in the other overload.</param>
    /// <param name="foreign">
    /// Ranges of characters in which the text of a control token is plain text: ascending, not empty, with gaps between. A control token that is
    /// partly in one is plain text as well. Text between control tokens is encoded in one piece, regardless of its origin.
    /// </param>
    public int[] Encode(ReadOnlySpan<char> text, bool addSpecial, IReadOnlyList<Range> foreign)
    {
        ArgumentNullException.ThrowIfNull(foreign);
        var utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        var ids = new List<int>(utf8.Length / 3 + 2);
        EncodeFragments(utf8, BytesOf(text, foreign), followsSpecial: true, ids);
        if (addSpecial && AddsBos && (ids.Count == 0 || ids[0] != Bos))
        {
            ids.Insert(0, Bos!.Value);
        }

        return [.. ids];
    }

    /// <summary>A lower bound of the number of tokens, from the length of the text alone: a text that is far too long need not be encoded to be rejected.</summary>
    public int MinTokens(ReadOnlySpan<char> text) => _shortest.Of(text);

    /// <summary>Appends the ids of a part of a text; nothing is added before or after.</summary>
    /// <param name="text">Split from the whole text at a point that no token spans.</param>
    /// <param name="followsSpecial">Whether it is the first part, or the part before ended with a special token.</param>
    /// <param name="ids">The ids are added to this list.</param>
    /// <param name="parseSpecial">Whether the text of a control token is encoded as that token.</param>
    /// <returns>Whether the part ended with a special token.</returns>
    public bool EncodePiece(string text, bool followsSpecial, List<int> ids, bool parseSpecial = false)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return EncodeFragments(utf8, parseSpecial ? [] : [Range.EndAt(utf8.Length)], followsSpecial, ids);
    }

    // Ranges of characters as ranges of UTF-8 bytes.
    private static Range[] BytesOf(ReadOnlySpan<char> text, IReadOnlyList<Range> ranges)
    {
        var bytes = new Range[ranges.Count];
        (int character, int at) = (0, 0);
        for (int i = 0; i < bytes.Length; i++)
        {
            int start = ranges[i].Start.GetOffset(text.Length), end = ranges[i].End.GetOffset(text.Length);
            start -= IsWithinPair(text, start) ? 1 : 0;
            end += IsWithinPair(text, end) ? 1 : 0;
            int first = at + Encoding.UTF8.GetByteCount(text[character..start]);
            at = first + Encoding.UTF8.GetByteCount(text[start..end]);
            bytes[i] = first..at;
            character = end;
        }

        return bytes;
    }

    private static bool IsWithinPair(ReadOnlySpan<char> text, int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    private bool EncodeFragments(ReadOnlySpan<byte> utf8, ReadOnlySpan<Range> foreign, bool followsSpecial, List<int> ids)
    {
        SubwordSession session = _newSession();
        foreach (Fragment fragment in _specials.Partition(utf8, foreign))
        {
            if (fragment.Token is { } token)
            {
                ids.Add(token);
            }
            else
            {
                session.Encode(utf8.Slice(fragment.Start, fragment.Length), followsSpecial, ids);
            }

            followsSpecial = fragment.Token is not null;
        }

        return followsSpecial;
    }

    private Func<SubwordSession> SentencePiece()
    {
        int?[] byteTokens = SentencePieceSession.FindByteTokens(_vocabulary, _roles.Unknown);
        return () => new SentencePieceSession(_vocabulary, byteTokens, AddsSpacePrefix);
    }

    private Func<SubwordSession> BytePair(PreTokenizer preTokenizer, VocabularyData data)
    {
        var table = new ByteStringTable(data.Merges
            ?? throw new ModelFileException($"{data.Source}: tokenizer.ggml.merges: expected the merges of a gpt2 tokenizer, got nothing. Convert the model again."));
        return () => new BytePairSession(_vocabulary, preTokenizer, table);
    }

    private static PreTokenizer FindPreTokenizer(VocabularyData data)
    {
        string? name = data.PreTokenizer;
        if (name is not null && KnownPreTokenizers.Find(name) is { } known)
        {
            return known;
        }

        string got = name is null ? "expected the name of a pre-tokeniser, got nothing" : $"'{name}' is not a pre-tokeniser that Spud knows";
        throw new ModelFileException($"{data.Source}: tokenizer.ggml.pre: {got}. Known: {string.Join(", ", KnownPreTokenizers.Names)}.");
    }

    // Used if a file states no ids. Byte-level BPE has no usual ones: llama.cpp takes 11 for BOS and EOS, which is a comma in many vocabularies.
    private static SpecialTokenIds Defaults(bool isBytePair) => isBytePair ? new() : new() { Bos = 1, Eos = 2, Unknown = 0 };

    private int Checked(int id) => (uint)id < (uint)VocabularySize
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"expected a token of 0 to {VocabularySize - 1}.");
}
