using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

public sealed class TokenizerTests
{
    [Fact]
    public void SentencePiece_merges_the_best_score_first_and_spells_the_rest_in_bytes()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece(("bc", 1), ("ab", 1), ("bca", 1)));
        Assert.Equal(["▁", "a", "bc"], Texts(tokenizer, "abc"));
        Assert.Equal(["▁", "ab", "bca"], Texts(tokenizer, "abbca"));
        Assert.Equal(["▁", "<0xC3>", "<0xA4>"], Texts(tokenizer, "ä"));
    }

    [Fact]
    public void SentencePiece_puts_a_space_before_text_that_follows_a_special_token()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece());
        Assert.Equal(["▁", "a", "</s>", "▁", "▁", "b"], Texts(tokenizer, "a</s> b"));
        Assert.Equal("a</s> b", tokenizer.Decode(tokenizer.Encode("a</s> b", false, true), renderSpecial: true));
    }

    [Fact]
    public void SentencePiece_without_a_space_prefix_keeps_leading_spaces()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece() with { AddSpacePrefix = false });
        Assert.Equal(["▁", "a"], Texts(tokenizer, " a"));
        Assert.Equal(" a", tokenizer.Decode(tokenizer.Encode(" a", false, false), renderSpecial: false));
    }

    [Fact]
    public void Byte_pair_merges_by_rank_and_the_leftmost_of_equals()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.BytePair("gpt-2", ["a a", "Ġ b", "aa a"]));
        Assert.Equal(["aa", "aaa"], tokenizer.Encode("aaaaa", false, false).Select(tokenizer.TextOf));
        Assert.Equal(["aaa", " b"], tokenizer.Encode("aaa b", false, false).Select(tokenizer.TextOf));
    }

    [Fact]
    public void Llama_3_takes_a_word_that_is_a_token_as_it_is()
    {
        string[] merges = ["a b", "b c"];
        Assert.Equal(["ab", "c"], Words("gpt-2"));
        Assert.Equal(["abc"], Words("llama-bpe"));

        IEnumerable<string> Words(string preTokenizer)
        {
            var tokenizer = new Tokenizer(TinyVocabulary.BytePair(preTokenizer, merges, ("abc", 1)));
            return tokenizer.Encode("abc", false, false).Select(tokenizer.TextOf);
        }
    }

    [Fact]
    public void Begin_is_added_once_even_if_the_text_brings_it()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece());
        Assert.Equal([1], tokenizer.Encode("", addSpecial: true, parseSpecial: true));
        Assert.Equal(tokenizer.Encode("a", true, true), tokenizer.Encode("<s>a", true, true));
        Assert.Empty(tokenizer.Encode("", addSpecial: false, parseSpecial: true));
        Assert.Equal(0, tokenizer.Encode("a", addSpecial: false, parseSpecial: true).Count(id => id == 1));
    }

    [Fact]
    public void Streaming_holds_a_character_back_until_it_is_complete()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece());
        TokenDecoder decoder = tokenizer.CreateDecoder();
        int[] euro = [3 + 0xE2, 3 + 0x82, 3 + 0xAC];
        Assert.Equal(["", "", "€", "a", ""], [.. euro.Select(decoder.Append), decoder.Append(260), decoder.Flush()]);
        Assert.Equal(["", "\ufffda", "", "\ufffd"], [decoder.Append(euro[0]), decoder.Append(260), decoder.Append(euro[0]), decoder.Flush()]);
    }

    [Fact]
    public void A_stream_that_continues_a_text_keeps_its_leading_space()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece());
        Assert.Equal(" ", tokenizer.CreateDecoder(continuesText: true).Append(259));
        Assert.Equal("", tokenizer.CreateDecoder().Append(259));
    }

    [Fact]
    public void Control_tokens_have_bytes_only_when_they_are_rendered()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece());
        Assert.Equal(0, tokenizer.BytesOf(1, renderSpecial: false).Length);
        Assert.Equal("<s>"u8.ToArray(), tokenizer.BytesOf(1, renderSpecial: true).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TextOf(tokenizer.VocabularySize));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TextOf(-1));
    }

    [Theory]
    [InlineData("klingon", "'klingon' is not a pre-tokeniser that Spud knows. Known: a.x-4.0, ")]
    [InlineData(null, "expected the name of a pre-tokeniser, got nothing. Known: ")]
    public void An_unknown_pre_tokeniser_is_refused_with_those_that_are_known(string? name, string message)
    {
        var refused = Assert.Throws<ModelFileException>(() => new Tokenizer(TinyVocabulary.BytePair(name, [])));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.pre", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabularies_that_contradict_themselves_are_refused()
    {
        VocabularyData data = TinyVocabulary.SentencePiece();
        Refused(data with { Model = "bert" }, "'bert' is not a tokenizer that Spud knows");
        Refused(data with { Tokens = Utf8Strings.From(["a", "b", "a"]), Scores = default, TokenTypes = default }, "'a' for the tokens 0 and 2");
        Refused(data with { Scores = new float[3] }, "tokenizer.ggml.scores: expected 286 values, one per token, got 3");
        Refused(data with { TokenTypes = new int[3] }, "tokenizer.ggml.token_type: expected 286 values, one per token, got 3");
        Refused(TinyVocabulary.BytePair("gpt-2", []) with { Merges = null }, "tokenizer.ggml.merges");

        static void Refused(VocabularyData data, string message) =>
            Assert.Contains(message, Assert.Throws<ModelFileException>(() => new Tokenizer(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_beyond_the_vocabulary_count_as_none()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.BytePair("gpt-2", []) with { SpecialIds = new SpecialTokenIds { Bos = 999, Eos = 7 }, AddBos = true });
        Assert.Null(tokenizer.Bos);
        Assert.Equal(7, tokenizer.Eos);
    }

    [Fact]
    public void A_byte_level_vocabulary_without_special_ids_has_no_stray_begin_or_end()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.BytePair("llama-bpe", []) with { AddBos = null });
        Assert.Null(tokenizer.Bos);
        Assert.Null(tokenizer.Eos);
        Assert.Empty(tokenizer.EndOfGeneration);
        Assert.Equal(2, tokenizer.Encode("ab", addSpecial: true, parseSpecial: true).Length);
    }

    private static IEnumerable<string> Texts(Tokenizer tokenizer, string text) =>
        tokenizer.Encode(text, addSpecial: false, parseSpecial: true).Select(id => id is >= 3 and < 259 ? $"<0x{id - 3:X2}>" : tokenizer.TextOf(id).Replace(' ', '▁'));
}
