namespace Spud.Text.Tokenization;

/// <summary>
/// Which tokens begin and end a text: by the ids stated in a model file, and by texts known from model families,
/// because files often name only one of several (llama.cpp, src/llama-vocab.cpp, the end of llama_vocab::impl::load).
/// </summary>
internal sealed class SpecialTokenRoles
{
    private static readonly string[] EndOfTurn =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]",
        "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ];

    private static readonly string[] EndOfGenerationTexts =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>",
        "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>",
        "<|tool_response>", "<｜end▁of▁sentence｜>", "[e~[",
    ];

    private static readonly string[] EndOfMessage = ["<|eom_id|>"];

    // gpt-oss uses these for the structure of its answers: an answer parser needs them as text.
    private static readonly string[] StructureOfAnswers = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];

    // Where these are control tokens, an answer parser needs them as text all the same.
    private static readonly string[] StructureOfCalls = ["[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|python_tag|>", "<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>"];

    private static readonly string[] FimPrefix =
        ["<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>", "<|prefix|>"];

    private static readonly string[] FimSuffix =
        ["<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>"];

    private static readonly string[] FimMiddle =
        ["<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>"];

    private static readonly string[] FimPadding = ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"];

    private static readonly string[] FimRepository = ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"];

    private static readonly string[] FimSeparator = ["<|file_sep|>"];

    private readonly Vocabulary _vocabulary;
    private readonly HashSet<int> _endOfGeneration = [];

    /// <summary>Determines the roles; turns tokens with known texts that are not marked as control tokens into control tokens.</summary>
    public SpecialTokenRoles(Vocabulary vocabulary, SpecialTokenIds ids, SpecialTokenIds defaults)
    {
        _vocabulary = vocabulary;
        Bos = Valid(ids.Bos, defaults.Bos);
        Eos = Valid(ids.Eos, defaults.Eos);
        Unknown = Valid(ids.Unknown, defaults.Unknown);
        int? eot = Valid(ids.Eot) ?? MakeControl(EndOfTurn);
        int? eom = Valid(ids.Eom) ?? MakeControl(EndOfMessage);
        _ = Valid(ids.FimPrefix) ?? MakeControl(FimPrefix);
        _ = Valid(ids.FimSuffix) ?? MakeControl(FimSuffix);
        _ = Valid(ids.FimMiddle) ?? MakeControl(FimMiddle);
        AddEnd(Valid(ids.FimPadding) ?? MakeControl(FimPadding));
        AddEnd(Valid(ids.FimRepository) ?? MakeControl(FimRepository));
        AddEnd(Valid(ids.FimSeparator) ?? MakeControl(FimSeparator));
        foreach (string text in EndOfGenerationTexts)
        {
            AddEnd(MakeControl(text));
        }

        MakeVisible(StructureOfAnswers);
        MakeVisible(StructureOfCalls.Where(text => _vocabulary.Find(text) is { } id && _vocabulary.Has(id, TokenAttributes.Control)));
        AddEnd(Eos);
        AddEnd(eot);
        AddEnd(eom);
        RemoveWhatOnlyLooksLikeAnEnd();
    }

    /// <summary>The token that a text begins with.</summary>
    public int? Bos { get; }

    /// <summary>The token that a text ends with.</summary>
    public int? Eos { get; }

    /// <summary>The token for text that cannot be spelt.</summary>
    public int? Unknown { get; }

    /// <summary>The tokens with which a model ends its output.</summary>
    public IReadOnlySet<int> EndOfGeneration => _endOfGeneration;

    private int? Valid(int? id, int? otherwise = null)
    {
        int? fallback = otherwise < _vocabulary.Count ? otherwise : null;
        return id >= 0 && id < _vocabulary.Count ? id : fallback;
    }

    private int? MakeControl(string[] texts)
    {
        foreach (string text in texts)
        {
            if (MakeControl(text) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private int? MakeControl(string text)
    {
        int? id = _vocabulary.Find(text);
        if (id is { } found)
        {
            _vocabulary.Attributes[found] |= TokenAttributes.Control;
        }

        return id;
    }

    private void MakeVisible(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            if (_vocabulary.Find(text) is { } id)
            {
                _vocabulary.Attributes[id] = TokenAttributes.UserDefined | TokenAttributes.Structural;
            }
        }
    }

    private void AddEnd(int? id)
    {
        if (id is { } known)
        {
            _endOfGeneration.Add(known);
        }
    }

    // gpt-oss and solar-open end messages, not answers, with <|end|>; gemma 4 has a </s> without meaning.
    private void RemoveWhatOnlyLooksLikeAnEnd()
    {
        bool calls = Ends("<|call|>") || Ends("<|calls|>");
        if (calls && (Ends("<|return|>") || Ends("<|flush|>")))
        {
            Remove("<|end|>", TokenAttributes.UserDefined | TokenAttributes.Structural);
        }

        if (Ends("<|tool_response>"))
        {
            Remove("</s>", TokenAttributes.Normal);
        }
    }

    private bool Ends(string text) => _vocabulary.Find(text) is { } id && _endOfGeneration.Contains(id);

    private void Remove(string text, TokenAttributes becomes)
    {
        if (_vocabulary.Find(text) is { } id && _endOfGeneration.Remove(id))
        {
            _vocabulary.Attributes[id] = becomes;
        }
    }
}
