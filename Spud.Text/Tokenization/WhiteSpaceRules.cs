namespace Spud.Text.Tokenization;

/// <summary>
/// Which special tokens absorb the white space next to them. Model files do not state this; llama.cpp determines it by name
/// (src/llama-vocab.cpp, "Handle per token attributes").
/// </summary>
internal static class WhiteSpaceRules
{
    public static void Apply(Vocabulary vocabulary, VocabularyData data)
    {
        string name = data.ModelName?.ToLowerInvariant() ?? "";
        if (ContainsAny(data.PreTokenizer, "jina-v2-de", "jina-v2-es", "jina-v2-code") || ContainsAny(data.Architecture, "nomic-bert-moe", "jina-bert-v3"))
        {
            Add(vocabulary, "<mask>", TokenAttributes.StripLeft);
        }
        else if (ContainsAny(name, "phi-3", "phi3"))
        {
            StripAfterSpecials(vocabulary);
        }
        else if (ContainsAny(name, "modern-bert"))
        {
            Add(vocabulary, "[MASK]", TokenAttributes.StripLeft);
        }
    }

    private static void StripAfterSpecials(Vocabulary vocabulary)
    {
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Has(id, TokenAttributes.Special))
            {
                vocabulary.Attributes[id] |= TokenAttributes.StripRight;
            }
        }

        Add(vocabulary, "</s>", TokenAttributes.StripRight);
        foreach (string text in (string[])["<unk>", "<s>", "<|endoftext|>"])
        {
            if (vocabulary.Find(text) is { } id)
            {
                vocabulary.Attributes[id] &= ~TokenAttributes.StripRight;
            }
        }
    }

    private static void Add(Vocabulary vocabulary, string text, TokenAttributes attribute)
    {
        if (vocabulary.Find(text) is { } id)
        {
            vocabulary.Attributes[id] |= attribute;
        }
    }

    private static bool ContainsAny(string? text, params string[] parts)
    {
        return Array.Exists(parts, part => text?.Contains(part, StringComparison.Ordinal) == true);
    }
}
