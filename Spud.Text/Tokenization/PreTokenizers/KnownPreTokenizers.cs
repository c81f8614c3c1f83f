namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>The pre-tokenisers by their name in model files (llama.cpp, src/llama-vocab.cpp, llama_vocab::impl::load).</summary>
internal static class KnownPreTokenizers
{
    private static readonly Splitter Gpt = new GptSplitter();
    private static readonly Splitter Digit = new RunSplitter { Classes = CharacterClass.Number, Most = 1 };
    private static readonly Splitter Digits = new RunSplitter { Classes = CharacterClass.Number };
    private static readonly Splitter ThreeDigits = new RunSplitter { Classes = CharacterClass.Number, Most = 3 };
    private static readonly Splitter ThreeAsciiDigits = new RunSplitter { Ranges = CodePointRanges.AsciiDigits, Least = 3, Most = 3 };
    private static readonly Splitter Newline = new RunSplitter { Ranges = CodePointRanges.Newlines, Most = 1 };
    private static readonly Splitter AsianScripts = new RunSplitter { Ranges = CodePointRanges.AsianScripts };
    private static readonly Splitter OneDigitWords = new LlamaSplitter { MaxDigits = 1 };

    private static readonly Splitter BloomWords = new RunSplitter
    {
        Classes = CharacterClass.Space,
        Ranges = CodePointRanges.BloomSigns,
        Inverted = true,
        BlankMayLead = true,
    };

    private static readonly Splitter[] DeepSeekLlm =
    [
        Newline,
        new RunSplitter { Ranges = CodePointRanges.CasedLetters, SpaceMayLead = true },
        new RunSplitter { Ranges = CodePointRanges.DeepSeekSigns, SpaceMayLead = true },
        new TrailingSpaceSplitter(),
        AsianScripts,
        Digits,
    ];

    private static readonly Splitter[] DeepSeekCoder =
    [
        Newline,
        new RunSplitter { Classes = CharacterClass.Letter, SpaceMayLead = true },
        new RunSplitter { Classes = CharacterClass.Punctuation, SpaceMayLead = true },
        AsianScripts,
        Digit,
    ];

    private static readonly Splitter[] Default =
    [
        new RunSplitter { Classes = CharacterClass.Punctuation, Ranges = CodePointRanges.DefaultSigns }, Gpt, Digits, ThreeAsciiDigits,
    ];

    private static readonly Splitter[] Falcon =
    [
        new RunSplitter { Classes = CharacterClass.Punctuation, Ranges = CodePointRanges.FalconSigns }, Gpt, ThreeAsciiDigits,
    ];

    private static readonly Known[] All =
    [
        new(() => new([Gpt]),
            "gpt-2", "phi-2", "jina-es", "jina-de", "gigachat", "jina-v2-es", "jina-v2-de", "a.x-4.0", "mellum", "modern-bert",
            "jina-v1-en", "jina-v2-code", "roberta-bpe", "exaone4", "mpt", "olmo", "jais", "trillion", "granite-docling"),
        new(() => new([Digit, Gpt]), "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"),
        new(() => new([new LlamaSplitter()]) { IgnoresMerges = true, AddsBos = true },
            "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"),
        new(() => new([new LlamaSplitter()]), "dbrx", "smaug-bpe", "glm4", "chatglm-bpe"),
        new(() => new([ThreeDigits, new LlamaSplitter { MaxDigits = int.MaxValue }]) { IgnoresMerges = true }, "minicpm5"),
        new(() => new([OneDigitWords]),
            "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2", "hunyuan", "solar-open", "grok-2", "bailingmoe",
            "bailingmoe2", "llada-moe"),
        new(() => new([new LlamaSplitter { MaxDigits = 1, Letters = CharacterClass.Letter | CharacterClass.Mark }]), "qwen35"),
        new(() => new([new LlamaSplitter { MaxDigits = 1, NewlinesAfterPunctuation = false }]), "seed-coder"),
        new(() => new([new LlamaSplitter { MaxDigits = 1, Contractions = false }]), "ufakzeka"),
        new(() => new([new RunSplitter { Ranges = ['\n', '\n'] }, OneDigitWords]), "laguna"),
        new(() => new([new CasedSplitter()]), "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"),
        new(() => new([new CasedSplitter { MaxDigits = 1, Contractions = false }]) { IgnoresMerges = true, AddsBos = true }, "tekken"),
        new(() => new(DeepSeekLlm), "deepseek-llm"),
        new(() => new(DeepSeekCoder), "deepseek-coder"),
        new(() => new([ThreeDigits, new RunSplitter { Ranges = CodePointRanges.HanAndKana }, new DeepSeekSplitter()]),
            "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"),
        new(() => new(Falcon), "falcon"),
        new(() => new([BloomWords]), "bloom", "poro-chat", "gpt3-finnish"),
        new(() => new([BloomWords, Digit]), "viking"),
        new(() => new(Default), "default"),
    ];

    /// <summary>All names, sorted.</summary>
    public static IEnumerable<string> Names => All.SelectMany(known => known.Names).Order(StringComparer.Ordinal);

    /// <summary>The pre-tokeniser with a name; null if unknown.</summary>
    public static PreTokenizer? Find(string name)
    {
        foreach (Known known in All)
        {
            if (known.Names.Contains(name))
            {
                return known.Make();
            }
        }

        return null;
    }

    private sealed class Known(Func<PreTokenizer> make, params string[] names)
    {
        public Func<PreTokenizer> Make => make;

        public string[] Names => names;
    }
}
