using Spud.Composition;
using Spud.Execution;
using Xunit;

namespace Cache.Compressed.Tests;

public sealed class CompressedCacheTests : IDisposable
{
    private const string Small = "\"sinks\":4,\"recent\":40,\"reviewTokens\":16,\"pageTokens\":16";

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("", "f16")]
    [InlineData("\"keep\":1,\"format\":\"f32\"", "f32")]
    [InlineData("\"keys\":\"q8_0\",\"values\":\"q8_0\",\"encodeAfter\":0", "q8_0")]
    public void With_everything_off_the_bits_are_those_of_plain(string options, string format)
    {
        using CompressedRun compressed = new(CompressedRun.Cache(options)), plain = new("cache.use=plain", $"cache.format={format}");
        Assert.Equal(plain.Read(200), compressed.Read(200));
    }

    [Fact]
    public void Heads_stream_in_the_order_of_the_pack_until_the_share_is_reached_and_the_others_keep_everything()
    {
        using CompressedRun run = new(CompressedRun.Cache(Small + ",\"keep\":0.4"), $"cache.pack={Pack()}");
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        Assert.Equal(Enumerable.Range(0, 240), CompressedRun.Kept(sequence, 0, 1));
        int[] ends = [.. Enumerable.Range(0, 4), .. Enumerable.Range(200, 40)];
        Assert.Equal(ends, CompressedRun.Kept(sequence, 0, 0));
        Assert.Equal(ends, CompressedRun.Kept(sequence, 1, 0));
        Assert.Equal(240, sequence.Ledger.KeptTokens(0, 1));
        Assert.Equal(44, sequence.Ledger.KeptTokens(0, 0));
    }

    [Theory]
    [InlineData("\"keep\":0.8", 240, 240, 44, 240)]
    [InlineData("\"keep\":0.65", 104, 240, 44, 240)]
    [InlineData("\"keep\":0.6", 44, 240, 44, 240)]
    [InlineData("\"keep\":0", 44, 44, 44, 44)]
    [InlineData("\"keep\":0,\"recent\":16", 20, 20, 20, 20)]
    public void A_head_can_keep_a_wide_window_first_and_a_narrow_one_later(string options, params int[] kept)
    {
        // Never: the second head of layer 1 has no wide window.
        const float never = float.MaxValue;
        string pack = CompressedRun.WritePack(_folder.File("windows.gguf"), [[[1, 4], [2, 5]], [[never, never], [0, 3]]], [100, 40]);
        using CompressedRun run = new(CompressedRun.Cache("\"sinks\":4,\"reviewTokens\":16,\"pageTokens\":16," + options), $"cache.pack={pack}");
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        Assert.Equal(kept, Enumerable.Range(0, 4).Select(i => sequence.Ledger.KeptTokens(i / 2, i % 2)));
    }

    [Theory]
    [InlineData(128, 84)]
    [InlineData(512, 24)]
    [InlineData(null, 44)]
    public void Windows_are_as_much_longer_as_the_context_than_the_text_they_were_made_for(int? tokens, int kept)
    {
        string pack = CompressedRun.WritePack(_folder.File("scaled.gguf"), [[[1, 2]], [[3, 4]]], tokens: tokens);
        using CompressedRun run = new(CompressedRun.Cache("\"keep\":0.9,\"sinks\":4,\"reviewTokens\":16,\"pageTokens\":16"), $"cache.pack={pack}");
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        Assert.Equal(kept, sequence.Ledger.KeptTokens(0, 0));
    }

    [Fact]
    public void A_pack_for_texts_of_no_tokens_is_refused()
    {
        string pack = CompressedRun.WritePack(_folder.File("none.gguf"), [[[1, 2]], [[3, 4]]], tokens: 0);
        Assert.Contains("the pack's key 'spud.heads.tokens' is 0, expected at least 1.", Refusal(CompressedRun.Cache("\"keep\":0.5"), $"cache.pack={pack}"));
    }

    [Fact]
    public void Without_a_pack_all_heads_can_stream()
    {
        using CompressedRun run = new(CompressedRun.Cache("\"keep\":0," + Small));
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        Assert.Equal([44, 44], Enumerable.Range(0, 2).Select(layer => CompressedRun.Kept(sequence, layer, 0).Length));
        Assert.DoesNotContain(PipelineExplanation.Of(run.Pipeline).Pages, static pages => pages.PerHead);
    }

    [Fact]
    public void What_heads_forget_is_memory_that_the_pipeline_does_not_take()
    {
        using CompressedRun all = new(CompressedRun.Cache("\"pageTokens\":16")), half = new(CompressedRun.Cache(Small + ",\"keep\":0.6"), $"cache.pack={Pack()}");
        long whole = BytesOf(all), compressed = BytesOf(half);
        // One head keeps 256 keys, the other 4 + 40 and those since the last review; a step has 16 rows of both, and a head three pages of slack.
        Assert.InRange((double)compressed / whole, 0.5, (256 + 4 + 40 + 16 + 2 * 16 + 2 * 3 * 16) / 512.0);

        // And it is enough for the longest text.
        half.Read(CompressedRun.Context);
        half.Read(CompressedRun.Context);

        static long BytesOf(CompressedRun run) => PipelineExplanation.Of(run.Pipeline).Pages.Sum(static pages => pages.TotalBytes);
    }

    [Theory]
    [InlineData("\"budgetTokens\":60", 60)]
    [InlineData("\"ratio\":0.25", 60)]
    public void The_heads_of_a_layer_divide_its_budget_and_each_gets_its_floor(string budget, int perHead)
    {
        using CompressedRun run = new(CompressedRun.Cache(budget + ",\"window\":10,\"protect\":10,\"sinks\":4,\"reviewTokens\":16,\"pageTokens\":16"));
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        HashSet<int> counts = [];
        for (int layer = 0; layer < 2; layer++)
        {
            int[][] kept = [CompressedRun.Kept(sequence, layer, 0), CompressedRun.Kept(sequence, layer, 1)];
            Assert.InRange(kept.Sum(static head => head.Length), 2 * perHead - 4, 2 * perHead); // ties that do not fit go together
            foreach (int[] head in kept)
            {
                Assert.InRange(head.Length, 14 + (int)(0.2 * (perHead - 14)) - 2, 2 * perHead);
                Assert.Equal([0, 1, 2, 3, .. Enumerable.Range(230, 10)], head.Where(static position => position is < 4 or >= 230));
                counts.Add(head.Length);
            }
        }

        Assert.True(counts.Count > 1, "budgets are ragged");
    }

    [Fact]
    public void Recent_tokens_stay_whatever_was_attended_to()
    {
        using CompressedRun run = new(CompressedRun.Cache("\"budgetTokens\":100,\"window\":10,\"protect\":60,\"sinks\":4,\"reviewTokens\":16,\"pageTokens\":16"));
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        for (int head = 0; head < 4; head++)
            Assert.Equal(Enumerable.Range(180, 60), CompressedRun.Kept(sequence, head / 2, head % 2).Where(static position => position >= 180));
    }

    [Fact]
    public void Older_keys_lie_in_the_pool_of_their_format()
    {
        using CompressedRun run = new(CompressedRun.Cache("\"keys\":\"q8_0\",\"values\":\"q4_0\",\"encodeAfter\":32,\"reviewTokens\":16,\"pageTokens\":16"));
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        KeptKeys[] pools = [.. sequence.KeptKeys(0)];
        Assert.Equal(Enumerable.Range(208, 32), pools[0].Positions);
        Assert.Equal(Enumerable.Range(0, 208), pools[1].Positions);
        PagesExplanation[] explained = [.. PipelineExplanation.Of(run.Pipeline).Pages];
        Assert.Equal([("F16", "F16"), ("Q8_0", "Q4_0")], explained.Select(static pages => (pages.Keys, pages.Values)));
        Assert.Equal(2 * (32 * explained[0].BytesPerTokenAndLayer + 208 * explained[1].BytesPerTokenAndLayer), sequence.Ledger.KeptBytes);
    }

    [Fact]
    public void The_pool_of_older_keys_has_no_room_for_those_that_stay_as_written()
    {
        using CompressedRun few = new(Encoding(32)), many = new(Encoding(160));
        PagesExplanation[] pools = [.. new[] { few, many }.Select(static run => PipelineExplanation.Of(run.Pipeline).Pages.Last())];
        // Two layers.
        Assert.Equal(2 * (160 - 32) * pools[0].BytesPerTokenAndLayer, pools[0].TotalBytes - pools[1].TotalBytes, 0.1 * pools[0].TotalBytes);

        // And it is enough for the longest text.
        few.Read(CompressedRun.Context);
        many.Read(CompressedRun.Context);

        static string Encoding(int after) => CompressedRun.Cache($"\"keys\":\"q8_0\",\"values\":\"q4_0\",\"encodeAfter\":{after},\"reviewTokens\":16,\"pageTokens\":16");
    }

    [Fact]
    public void The_ledger_counts_the_keys_of_each_head_and_a_fork_has_its_own()
    {
        using CompressedRun run = new(2, CompressedRun.Cache(Small + ",\"keep\":0.6"), $"cache.pack={Pack()}");
        using Sequence parent = run.Pipeline.Engine.Open();
        run.Read(parent, 200);
        using Sequence child = parent.Fork();
        int[] before = CompressedRun.Kept(parent, 0, 0);
        run.Read(child, 240);
        // What the child forgot is still the parent's.
        Assert.Equal(before, CompressedRun.Kept(parent, 0, 0));
        long key = PipelineExplanation.Of(run.Pipeline).Pages.First(static pages => pages.PerHead).BytesPerTokenAndLayer / 2;
        Assert.Equal(key * Enumerable.Range(0, 4).Sum(i => CompressedRun.Kept(child, i / 2, i % 2).Length), child.Ledger.KeptBytes);
    }

    [Fact]
    public void A_pack_that_lies_with_the_model_needs_no_name()
    {
        string model = _folder.File("small.gguf");
        File.Copy(TestData.Path("quantised/base-f16.gguf"), model);
        CompressedRun.WritePack(_folder.File("small.compressed.gguf"), order: [[[1, 2]], [[0.5f, 3]]]);
        using CompressedRun run = new(model, [CompressedRun.Cache(Small)]);
        using Sequence sequence = run.Pipeline.Engine.Open();
        run.Read(sequence, 240);
        // The pack's share is 0.6, reached with the first head of each layer.
        Assert.Equal([44, 240, 44, 240], Enumerable.Range(0, 4).Select(i => CompressedRun.Kept(sequence, i / 2, i % 2).Length));
        Assert.Equal(_folder.File("small.compressed.gguf"), PipelineExplanation.Of(run.Pipeline).Components.Single(static of => of.Role == "cache").Pack);
    }

    [Fact]
    public void The_pack_of_another_model_is_refused()
    {
        string pack = CompressedRun.WritePack(_folder.File("other.gguf"), modelHash: new string('0', 64), order: [[[1, 2]], [[3, 4]]]);
        string message = Refusal(CompressedRun.Cache(Small), $"cache.pack={pack}");
        Assert.Contains("was made for another model", message);
    }

    [Theory]
    [InlineData("\"keep\":0.5", "keep is 0.5, but no pack says which heads need what lies far back. Write one with 'spud calibrate heads -f TEXT'")]
    [InlineData("\"budgetTokens\":100", "budgetTokens is 100, expected at least 256: 64 sinks, 128 protected tokens and a page of 64. Raise budgetTokens, or lower sinks, protect or pageTokens.")]
    [InlineData("\"budgetTokens\":300,\"ratio\":0.5", "budgetTokens and ratio are both given. Remove one of them.")]
    [InlineData("\"ratio\":0.5,\"window\":128", "window is 128, but there are 64 rows from one review to the next. Lower window, or raise reviewTokens.")]
    public void What_cannot_be_is_refused_with_its_reason(string options, string message) => Assert.Contains(message, Refusal(CompressedRun.Cache(options)));

    [Fact]
    public void A_pack_of_another_format_is_refused()
    {
        string pack = CompressedRun.WritePack(_folder.File("old.gguf"), format: 1, order: [[[1, 2]], [[3, 4]]]);
        Assert.Contains("the pack has format 1, expected 2", Refusal(CompressedRun.Cache(Small), $"cache.pack={pack}"));
    }

    [Fact]
    public void A_pack_whose_windows_make_no_sense_is_refused()
    {
        string pack = CompressedRun.WritePack(_folder.File("zero.gguf"), [[[1, 2]], [[3, 4]]], windows: [0]);
        Assert.Contains("the pack has a window of 0 tokens, expected 1 to 1048576. Write it anew with 'spud calibrate heads'.", Refusal(CompressedRun.Cache("\"keep\":0.5"), $"cache.pack={pack}"));
    }

    public void Dispose() => _folder.Dispose();

    // Layer 1 head 0 streams first, then layer 0 head 0, layer 1 head 1, layer 0 head 1.
    private string Pack() => CompressedRun.WritePack(_folder.File("pack.gguf"), order: [[[0.2f, 0.9f]], [[0.1f, 0.5f]]]);

    private static string Refusal(params string[] edits) => Assert.ThrowsAny<Exception>(() => new CompressedRun(edits)).Message;
}
