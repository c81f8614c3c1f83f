using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

public sealed class SpecialTokenTests
{
    [Fact]
    public void The_longest_special_token_wins_wherever_it_stands()
    {
        Assert.Equal("[<a>]b[<a><b>]", Show(Tiny(("<a>", TinyVocabulary.Control), ("<a><b>", TinyVocabulary.Control)), "<a>b<a><b>", true));
    }

    [Fact]
    public void Of_overlapping_occurrences_the_leftmost_wins()
    {
        Assert.Equal("[xx][xx]x", Show(Tiny(("xx", TinyVocabulary.UserDefined)), "xxxxx", true));
    }

    [Fact]
    public void Control_tokens_are_text_unless_they_are_parsed()
    {
        VocabularyData data = Tiny(("<c>", TinyVocabulary.Control), ("<u>", TinyVocabulary.UserDefined));
        Assert.Equal("[<c>]a[<u>]", Show(data, "<c>a<u>", true));
        Assert.Equal("<c>a[<u>]", Show(data, "<c>a<u>", false));
    }

    [Fact]
    public void Special_tokens_of_phi_3_swallow_the_white_space_after_them()
    {
        VocabularyData data = Tiny(("<|user|>", TinyVocabulary.Control)) with { ModelName = "Phi-3-mini" };
        Assert.Equal("a [<|user|>]b[</s>][<s>] c", Show(data, "a <|user|> \n b</s>\t<s> c", true));
    }

    [Fact]
    public void The_mask_of_jina_swallows_the_white_space_before_it()
    {
        VocabularyData data = Tiny(("<mask>", TinyVocabulary.Control)) with { Architecture = "jina-bert-v3" };
        Assert.Equal("a[<mask>] b", Show(data, "a  <mask> b", true));
    }

    [Fact]
    public void End_of_generation_comes_from_ids_and_from_known_texts()
    {
        VocabularyData data = Tiny(("<|im_end|>", 1), ("<stop>", 1), ("<reponame>", 1), ("x", 1)) with { SpecialIds = new SpecialTokenIds { Eot = 287 } };
        var tokenizer = new Tokenizer(data);
        Assert.Equal([2, 286, 287, 288], tokenizer.EndOfGeneration.Order());
        Assert.True(tokenizer.IsControl(286));
        Assert.False(tokenizer.IsControl(287));
    }

    [Fact]
    public void The_default_model_ends_with_its_own_ends()
    {
        Tokenizer tokenizer = ReferenceTokenizers.BytePair;
        Assert.Equal(["<reponame>", "<|endoftext|>", "<|im_end|>"], tokenizer.EndOfGeneration.Select(tokenizer.TextOf).Order(StringComparer.Ordinal));
        Assert.Equal("<|im_start|>", tokenizer.TextOf(tokenizer.Bos!.Value));
        Assert.False(tokenizer.AddsBos);
    }

    [Fact]
    public void A_message_of_gpt_oss_ends_without_ending_the_answer()
    {
        VocabularyData data = Tiny(("<|end|>", 3), ("<|return|>", 3), ("<|call|>", 3), ("<|channel|>", 3));
        var tokenizer = new Tokenizer(data);
        Assert.Equal([2, 287, 288], tokenizer.EndOfGeneration.Order());
        Assert.False(tokenizer.IsControl(286));
        Assert.False(tokenizer.IsControl(289));
        Assert.Equal("<|channel|>", tokenizer.Decode([289], renderSpecial: false));
    }

    private static VocabularyData Tiny(params (string Text, int Type)[] more) =>
        TinyVocabulary.SentencePiece([.. more.Where(token => token.Text != "x")]);

    private static string Show(VocabularyData data, string text, bool parse)
    {
        var vocabulary = new Vocabulary(data);
        WhiteSpaceRules.Apply(vocabulary, data);
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        IEnumerable<string> parts = new SpecialTokenFinder(vocabulary).Partition(utf8, parse ? [] : [Range.EndAt(utf8.Length)]).Select(part =>
            part.Token is { } id ? $"[{System.Text.Encoding.UTF8.GetString(vocabulary.Texts[id])}]" : System.Text.Encoding.UTF8.GetString(utf8, part.Start, part.Length));
        return string.Concat(parts);
    }
}
