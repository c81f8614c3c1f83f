using Spud.Models;

namespace Spud.Text.Tokenization;

/// <summary>Reads the tokenizer's keys from a model file.</summary>
internal static class VocabularyReader
{
    // Keys of tokenizers that Spud does not support, or without effect on the ids of a text to be continued.
    private static readonly string[] Meaningless =
    [
        "tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_sep_token", "tokenizer.ggml.cls_token_id", "tokenizer.ggml.mask_token_id",
        "tokenizer.ggml.seperator_token_id", "tokenizer.ggml.padding_token_id", "tokenizer.ggml.precompiled_charsmap",
        "tokenizer.ggml.remove_extra_whitespaces", "tokenizer.ggml.suppress_tokens", "tokenizer.ggml.token_type_count",
        "tokenizer.huggingface.json", "tokenizer.rwkv.world",
    ];

    public static VocabularyData Read(GgufMetadata metadata)
    {
        Array.ForEach(Meaningless, metadata.Ignore);
        return new VocabularyData
        {
            Source = metadata.Path,
            Model = metadata.RequireString("tokenizer.ggml.model"),
            PreTokenizer = Text("tokenizer.ggml.pre"),
            Tokens = metadata.RequireUtf8Strings("tokenizer.ggml.tokens"),
            Scores = Scores(metadata),
            TokenTypes = metadata.TryGetInts("tokenizer.ggml.token_type", out int[]? types) ? types : null,
            Merges = metadata.TryGetUtf8Strings("tokenizer.ggml.merges", out Utf8Strings? merges) ? merges : null,
            SpecialIds = SpecialIds(metadata),
            AddBos = Flag("tokenizer.ggml.add_bos_token"),
            AddSpacePrefix = Flag("tokenizer.ggml.add_space_prefix"),
            ModelName = Text("general.name"),
            Architecture = Text("general.architecture"),
        };

        string? Text(string key) => metadata.TryGetString(key, out string? value) ? value : null;
        bool? Flag(string key) => metadata.TryGetBool(key, out bool value) ? value : null;
    }

    private static SpecialTokenIds SpecialIds(GgufMetadata metadata)
    {
        int? prefix = Id("prefix"), suffix = Id("suffix"), middle = Id("middle"); // the older names
        return new SpecialTokenIds
        {
            Bos = Id("bos"),
            Eos = Id("eos"),
            Eot = Id("eot"),
            Eom = Id("eom"),
            Unknown = Id("unknown"),
            FimPrefix = prefix ?? Id("fim_pre"),
            FimSuffix = suffix ?? Id("fim_suf"),
            FimMiddle = middle ?? Id("fim_mid"),
            FimPadding = Id("fim_pad"),
            FimRepository = Id("fim_rep"),
            FimSeparator = Id("fim_sep"),
        };

        // Some converters write an id beyond the vocabulary, mostly 2^32 - 1, for "none".
        int? Id(string name) => metadata.TryGetLong($"tokenizer.ggml.{name}_token_id", out long id) && id is >= 0 and <= int.MaxValue ? (int)id : null;
    }

    // Some converters write scores as integers.
    private static float[]? Scores(GgufMetadata metadata)
    {
        const string Key = "tokenizer.ggml.scores";
        if (metadata.TypeOf(Key) == GgufValueType.Int32)
        {
            return Array.ConvertAll(metadata.RequireInts(Key), static score => (float)score);
        }

        return metadata.TryGetFloats(Key, out float[]? scores) ? scores : null;
    }
}
