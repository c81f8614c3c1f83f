using System.Text;
using Spud.Models;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Tokenization;

/// <summary>Texts and vocabularies made to cost more than they should.</summary>
public sealed class HostileTextTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("qwen2")]
    [InlineData("tekken")]
    [InlineData("llama-bpe")]
    [InlineData("gpt-4o")]
    [InlineData("minicpm5")]
    public async Task A_long_run_of_digits_takes_time_in_proportion_to_its_length(string preTokenizer)
    {
        // With the square of the length this would take minutes.
        var tokenizer = new Tokenizer(TinyVocabulary.BytePair(preTokenizer, []));
        string digits = new('7', 2_000_000);
        int[] ids = await Task.Run(() => tokenizer.Encode(digits, addSpecial: false, parseSpecial: false)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(digits.Length, ids.Length);
    }

    [Fact]
    public async Task Special_tokens_of_every_length_take_memory_in_proportion_to_the_text()
    {
        var tokenizer = new Tokenizer(TinyVocabulary.SentencePiece([.. Enumerable.Range(2, 500).Select(length => (new string('a', length), TinyVocabulary.Control))]));
        string text = new('a', 64 << 10);
        long allocated = 0;
        int[] ids = await Task.Run(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            int[] encoded = tokenizer.Encode(text, addSpecial: false, parseSpecial: true);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return encoded;
        }).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(text, tokenizer.Decode(ids, renderSpecial: true));
        Assert.True(allocated < 16 << 20, $"{allocated} bytes for a text of {text.Length}");
    }

    [Fact]
    public void Special_tokens_are_found_as_by_one_search_after_another()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            (string, int)[] specials = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Text(random, random.Next(2, 6))).Distinct().Select(text => (text, TinyVocabulary.Control))];
            VocabularyData data = TinyVocabulary.SentencePiece(specials);
            var vocabulary = new Vocabulary(data);
            var finder = new SpecialTokenFinder(vocabulary);
            for (int i = 0; i < 20; i++)
            {
                byte[] text = Encoding.UTF8.GetBytes(Text(random, random.Next(40)));
                Assert.Equal(SearchOneByOne(vocabulary, text), finder.Partition(text, []).Where(part => part.Token is not null).Select(part => (part.Start, part.Token!.Value)));
            }
        }
    }

    [Fact]
    public async Task Strings_that_once_had_one_hash_are_listed_and_found_quickly()
    {
        Utf8Strings strings = Utf8Strings.From(OfOneHash(100_000).Select(Encoding.ASCII.GetString));
        ByteStringTable table = await Task.Run(() => new ByteStringTable(strings)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(table.TryFind(strings[99_999], out int index));
        Assert.Equal(99_999, index);
    }

    [Fact]
    public void The_least_number_of_tokens_is_told_without_encoding()
    {
        var random = new Random(11);
        foreach (Tokenizer tokenizer in (Tokenizer[])[ReferenceTokenizers.BytePair, ReferenceTokenizers.SentencePiece])
        {
            for (int i = 0; i < 200; i++)
            {
                string text = RandomText.Any(random, random.Next(40));
                Assert.InRange(tokenizer.MinTokens(text), 0, tokenizer.Encode(text, addSpecial: false, parseSpecial: true).Length);
            }

            Assert.True(tokenizer.MinTokens(new string('x', 1 << 20)) > 1000);
        }
    }

    private static string Text(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "ab<"[random.Next(3)]));

    // llama.cpp's way: token by token, the longest first, in what is left.
    private static List<(int Start, int Token)> SearchOneByOne(Vocabulary vocabulary, byte[] text)
    {
        var taken = new bool[text.Length];
        var found = new List<(int Start, int Token)>();
        IEnumerable<int> specials = Enumerable.Range(0, vocabulary.Count).Where(id => vocabulary.Has(id, TokenAttributes.Special));
        foreach (int id in specials.OrderByDescending(id => vocabulary.Texts[id].Length).ThenBy(id => id))
        {
            byte[] token = vocabulary.Texts[id].ToArray();
            for (int at = 0; at + token.Length <= text.Length; at++)
            {
                if (!text.AsSpan(at, token.Length).SequenceEqual(token) || taken.AsSpan(at, token.Length).Contains(true))
                    continue;

                taken.AsSpan(at, token.Length).Fill(true);
                found.Add((at, id));
            }
        }

        return [.. found.Order()];
    }

    // What a multiplication by a known constant allows: of two blocks, the second undoes what the first did.
    private static IEnumerable<byte[]> OfOneHash(int count)
    {
        const ulong Factor = 0xD6E8FEB86659FD93, Length = unchecked(16 * 0x9E3779B97F4A7C15);
        const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
        for (long i = 0; count > 0; i++)
        {
            byte[] text = new byte[16];
            long rest = i;
            for (int at = 0; at < 8; at++, rest >>= 6)
                text[at] = (byte)Alphabet[(int)(rest & 63)];

            ulong mixed = unchecked((Length ^ BitConverter.ToUInt64(text)) * Factor);
            mixed ^= mixed >> 32;
            if ((mixed & 0x8080808080808080) != 0)
                continue;

            BitConverter.TryWriteBytes(text.AsSpan(8), mixed);
            count--;
            yield return text;
        }
    }
}
