using System.Text;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

/// <summary>What holds for any text.</summary>
public sealed class TokenizerPropertyTests
{
    public static TheoryData<string> Tokenizers => ["smollm2", "stories260K"];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Ten_thousand_random_strings_never_throw(string name)
    {
        Tokenizer tokenizer = Get(name);
        var random = new Random(20250722);
        for (int i = 0; i < 10_000; i++)
        {
            string text = RandomText.Any(random, random.Next(40));
            int[] ids = tokenizer.Encode(text, addSpecial: random.Next(2) == 0, parseSpecial: random.Next(2) == 0);
            Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            Assert.NotNull(tokenizer.Decode(ids, renderSpecial: true));
        }
    }

    [Fact]
    public void SentencePiece_text_comes_back()
    {
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            // ▁ is how SentencePiece writes a space: it comes back as one.
            AssertComesBack(ReferenceTokenizers.SentencePiece, RandomText.Valid(random, random.Next(40)).Replace('▁', '_'));
        }
    }

    [Fact]
    public void Byte_pair_text_comes_back()
    {
        Tokenizer tokenizer = ReferenceTokenizers.BytePair;
        HashSet<byte> spellable = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.BytesOf(id, false).ToArray()).Where(b => b.Length == 1).Select(b => b[0])];
        Assert.Equal(235, spellable.Count); // SmolLM2 has no tokens for 21 rare bytes; like llama.cpp, Spud loses them
        var random = new Random(2);
        int compared = 0;
        for (int i = 0; i < 5_000; i++)
        {
            string text = RandomText.Valid(random, random.Next(20));
            if (Encoding.UTF8.GetBytes(text).All(spellable.Contains))
            {
                AssertComesBack(tokenizer, text);
                compared++;
            }
        }

        Assert.True(compared > 1_000);
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Streaming_gives_the_same_text_as_decoding_at_once(string name)
    {
        Tokenizer tokenizer = Get(name);
        var random = new Random(3);
        for (int i = 0; i < 1_000; i++)
        {
            int[] ids = Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(tokenizer.VocabularySize)).ToArray();
            TokenDecoder decoder = tokenizer.CreateDecoder();
            var streamed = new StringBuilder();
            foreach (int id in ids)
            {
                string piece = decoder.Append(id);
                Assert.False(piece.Length > 0 && (char.IsHighSurrogate(piece[^1]) || char.IsLowSurrogate(piece[0])), "a piece ends inside a character");
                streamed.Append(piece);
            }

            streamed.Append(decoder.Flush());
            byte[] bytes = ids.SelectMany(id => tokenizer.BytesOf(id, renderSpecial: false).ToArray()).ToArray();
            string whole = tokenizer.Decode(ids, renderSpecial: false);
            Assert.Equal(whole, streamed.ToString());
            if (!tokenizer.AddsSpacePrefix)
            {
                Assert.Equal(Encoding.UTF8.GetString(bytes), whole);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void A_lone_surrogate_counts_as_the_replacement_character(string name)
    {
        Tokenizer tokenizer = Get(name);
        Assert.Equal(tokenizer.Encode("a\ufffdb\ufffd", false, true), tokenizer.Encode("a\ud800b\udc00", false, true));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("<")]
    [InlineData("\r")]
    [InlineData("ÄA")]
    [InlineData(" \n")]
    [InlineData("<|im_start|> ")]
    public async Task A_long_monotonous_text_takes_time_in_proportion(string part)
    {
        // A quadratic step would take minutes.
        string text = string.Concat(Enumerable.Repeat(part, 200_000));
        Task<int[]> encoding = Task.Run(() => ReferenceTokenizers.BytePair.Encode(text, addSpecial: false, parseSpecial: true), TestContext.Current.CancellationToken);
        int[] ids = await encoding.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(text, ReferenceTokenizers.BytePair.Decode(ids, renderSpecial: true));
    }

    private static Tokenizer Get(string name) => name == "smollm2" ? ReferenceTokenizers.BytePair : ReferenceTokenizers.SentencePiece;

    private static void AssertComesBack(Tokenizer tokenizer, string text)
    {
        int[] ids = tokenizer.Encode(text, addSpecial: false, parseSpecial: false);
        Assert.Equal(text, tokenizer.Decode(ids, renderSpecial: true));
    }
}
