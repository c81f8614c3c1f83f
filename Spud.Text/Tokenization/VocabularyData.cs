using Spud.Models;

namespace Spud.Text.Tokenization;

/// <summary>The tokenizer data of a model file, before anything is derived from them. Null means that the file does not state a value.</summary>
public sealed record VocabularyData
{
    /// <summary>Source of the data, for messages: a file's name.</summary>
    public string Source { get; init; } = "tokenizer";

    /// <summary>The tokenizer's kind: "llama" (SentencePiece) or "gpt2" (byte-level BPE).</summary>
    public required string Model { get; init; }

    /// <summary>The name of the pre-tokeniser; needed for "gpt2", ignored for "llama".</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>Text of every token; the index is the id. Byte-level BPE writes bytes in GPT-2's printable alphabet.</summary>
    public required Utf8Strings Tokens { get; init; }

    /// <summary>One score per token; SentencePiece merges the best first. If empty, all are 0.</summary>
    public ReadOnlyMemory<float> Scores { get; init; }

    /// <summary>One GGUF token type per token (1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte). If empty, all are normal.</summary>
    public ReadOnlyMemory<int> TokenTypes { get; init; }

    /// <summary>The merges of BPE, best first: two symbols with a space between them. Needed for "gpt2".</summary>
    public Utf8Strings? Merges { get; init; }

    /// <summary>Ids of special tokens.</summary>
    public SpecialTokenIds SpecialIds { get; init; } = new();

    /// <summary>Whether a text begins with the token BOS; the default depends on the kind.</summary>
    public bool? AddBos { get; init; }

    /// <summary>Whether a space is put before text that follows nothing or a special token (SentencePiece); on by default there.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>The model's name ("general.name"); it determines whether special tokens absorb the surrounding white space.</summary>
    public string? ModelName { get; init; }

    /// <summary>The architecture ("general.architecture"), used like <see cref="ModelName"/>.</summary>
    public string? Architecture { get; init; }
}

/// <summary>Ids of special tokens in a model file. Null means that the file does not state a value.</summary>
public sealed record SpecialTokenIds
{
    /// <summary>Begin of text.</summary>
    public int? Bos { get; init; }

    /// <summary>End of text.</summary>
    public int? Eos { get; init; }

    /// <summary>End of a turn.</summary>
    public int? Eot { get; init; }

    /// <summary>End of a message that expects a tool's answer.</summary>
    public int? Eom { get; init; }

    /// <summary>Token for text that the vocabulary cannot spell.</summary>
    public int? Unknown { get; init; }

    /// <summary>Fill in the middle: what precedes the gap.</summary>
    public int? FimPrefix { get; init; }

    /// <summary>Fill in the middle: what follows the gap.</summary>
    public int? FimSuffix { get; init; }

    /// <summary>Fill in the middle: the gap.</summary>
    public int? FimMiddle { get; init; }

    /// <summary>Fill in the middle: padding.</summary>
    public int? FimPadding { get; init; }

    /// <summary>Fill in the middle: a repository's name.</summary>
    public int? FimRepository { get; init; }

    /// <summary>Fill in the middle: separator between files.</summary>
    public int? FimSeparator { get; init; }
}
