using System.Text;
using Spud.Evaluation.Comparison;
using Spud.Evaluation.Likelihood;
using Spud.Tests.Tokenization;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class TokenStreamTests
{
    public static TheoryData<string> Texts => ["README.md", "docs/configuration.md", "tests/data/smollm2/unicode.txt", "tests/data/smollm2/code.txt", "tests/data/smollm2/wikitext.txt", "tests/data/tokenizers/smollm2.inp"];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_in_pieces_has_the_ids_of_the_whole(string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(TestData.Root, file));
        foreach (Tokenizer tokenizer in new[] { ReferenceTokenizers.BytePair, ReferenceTokenizers.SentencePiece })
        {
            foreach (int pieceBytes in new[] { 16, 100, 1 << 16 })
                Assert.Equal(tokenizer.Encode(Encoding.UTF8.GetString(bytes), addSpecial: false, parseSpecial: false), Streamed(bytes, tokenizer, pieceBytes));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Control_tokens_are_read_in_pieces_as_in_the_whole(bool parseSpecial)
    {
        string text = string.Concat(Enumerable.Repeat("<s>one two</s>\nthree <|im_start|>user\nfour five<|im_end|> six\n<unk> seven<s>\neight ", 20));
        foreach (Tokenizer tokenizer in new[] { ReferenceTokenizers.BytePair, ReferenceTokenizers.SentencePiece })
        {
            int[] whole = tokenizer.Encode(text, addSpecial: false, parseSpecial);
            foreach (int pieceBytes in new[] { 16, 64, 1 << 16 })
                Assert.Equal(whole, Streamed(Encoding.UTF8.GetBytes(text), tokenizer, pieceBytes, parseSpecial));

            Assert.Equal(parseSpecial, whole.Any(tokenizer.IsControl));
        }
    }

    [Fact]
    public void Of_a_long_text_no_more_is_encoded_than_is_needed()
    {
        string text = string.Concat(Enumerable.Repeat(File.ReadAllText(TestData.Path("smollm2/wikitext.txt")), 1_000));
        Assert.InRange(text.Length, 2 << 20, int.MaxValue);
        foreach (Tokenizer tokenizer in new[] { ReferenceTokenizers.BytePair, ReferenceTokenizers.SentencePiece })
        {
            int[] expected = tokenizer.Encode(text.AsSpan(0, 100_000), addSpecial: true, parseSpecial: false)[..10_000];
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(expected, TextBeginning.Ids(tokenizer, text, 10_000, parseSpecial: false));
            // Its UTF-8, and little else: encoding all of it takes ten times as much.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2L * text.Length + (16 << 20));
        }
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text() =>
        Assert.Equal(Streamed([.. "one two three"u8], ReferenceTokenizers.BytePair, 8), Streamed([0xef, 0xbb, 0xbf, .. "one two three"u8], ReferenceTokenizers.BytePair, 8));

    [Fact]
    public void A_text_without_any_place_to_cut_is_refused_and_not_held()
    {
        byte[] endless = new byte[(16 << 20) + 1];
        endless.AsSpan().Fill((byte)'.');
        Assert.Contains("this does not look like text", Assert.Throws<ComparisonException>(() => Streamed(endless, ReferenceTokenizers.BytePair, 1 << 16)).Message);
    }

    [Fact]
    public void Windows_lie_side_by_side_and_what_does_not_fill_one_is_left_out()
    {
        byte[] bytes = File.ReadAllBytes(TestData.Path("smollm2/wikitext.txt"));
        int[] ids = ReferenceTokenizers.SentencePiece.Encode(Encoding.UTF8.GetString(bytes), addSpecial: true, parseSpecial: false);
        List<int[]> windows = Windows(bytes, new() { Tokens = 50 });
        Assert.Equal(ids.Length / 50, windows.Count);
        Assert.Equal(ids[..50], windows[0]);
        Assert.Equal([ReferenceTokenizers.SentencePiece.Bos!.Value, .. ids[51..100]], windows[1]);
    }

    [Fact]
    public void With_a_stride_windows_overlap()
    {
        byte[] bytes = File.ReadAllBytes(TestData.Path("smollm2/wikitext.txt"));
        List<int[]> windows = Windows(bytes, new() { Tokens = 50, Stride = 20 });
        Assert.Equal(windows[0][21..50], windows[1][1..30]);
    }

    [Theory]
    [InlineData(512, null, 256, 255)]
    [InlineData(512, 256, 255, 256)]
    [InlineData(512, 512, 0, 511)]
    public void As_many_tokens_are_scored_as_the_settings_say(int tokens, int? stride, int firstRow, int scored)
    {
        WindowSettings settings = new() { Tokens = tokens, Stride = stride };
        Assert.Equal((firstRow, scored), (settings.FirstRow, settings.Scored));
    }

    private static List<int[]> Windows(byte[] bytes, WindowSettings settings)
    {
        Tokenizer tokenizer = ReferenceTokenizers.SentencePiece;
        using WindowReader reader = new(ComparedText.OfBytes("test", bytes), tokenizer, new(tokenizer), settings, parseSpecial: false);
        List<int[]> windows = [];
        int[] window = new int[settings.Tokens];
        double done = 0;
        while (reader.Read(window))
        {
            windows.Add([.. window]);
            Assert.InRange(reader.Done, done + 1e-9, 1);
            done = reader.Done;
        }

        return windows;
    }

    private static List<int> Streamed(byte[] bytes, Tokenizer tokenizer, int pieceBytes, bool parseSpecial = false)
    {
        using TokenStream stream = new(ComparedText.OfBytes("test", bytes), tokenizer, new(tokenizer), parseSpecial, pieceBytes);
        List<int> ids = [];
        while (stream.Read(ids))
            Assert.InRange(stream.BytesDone, 1, bytes.Length);

        return ids;
    }
}
