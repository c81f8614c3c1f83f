using Spud.Execution;
using Xunit;

namespace Spud.Tests.Generation.Drafts;

/// <summary>A drafter that reads final hidden rows gets that of the last token that was read, whatever was drafted before; others get none.</summary>
public sealed class HiddenRowTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task It_is_the_row_of_the_last_token_read(int wrongAt)
    {
        using LanguageModel plain = LoopModel.Load(new() { Threads = 1 });
        int[][] prompts = [.. new[] { "Once upon a time", "Lily", "The dog was" }.Select(text => plain.Encode(text))];
        int[][] answers = [.. prompts.Select(prompt => plain.Generate(prompt, LoopModel.Greedy(40), Cancellation).ToBlockingEnumerable().Where(static piece => piece.Token is not null).Select(static piece => piece.Token!.Value).ToArray())];
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 3, LogitRows = 30 });
        HiddenDrafter drafter = new(ScriptedDrafter.Knowing(wrongAt, [.. prompts.Select((prompt, i) => (int[])[.. prompt, .. answers[i]])]));
        model.Pipeline.Parts.Drafter = new TokenDrafter(drafter, "hidden", 8, null) { ReadsHidden = true };
        int[][] got = await Task.WhenAll(prompts.Select(prompt => LoopModel.Read(model.Generate(prompt, LoopModel.Greedy(40), Cancellation))));
        Assert.Equal(answers, got);
        Assert.NotEmpty(drafter.Seen);
        Assert.All(drafter.Seen, seen => Assert.Equal(RowOf(plain, seen.Ids[..^1]), seen.Hidden));
    }

    [Fact]
    public void It_belongs_to_the_text_after_that_went_back()
    {
        using LanguageModel plain = LoopModel.Load(new() { Threads = 1 }), model = LoopModel.Load(new() { Threads = 1, LogitRows = 16 });
        HiddenDrafter drafter = new(new ScriptedDrafter(4, static _ => [5, 6]));
        model.Pipeline.Parts.Drafter = new TokenDrafter(drafter, "hidden", 8, null) { ReadsHidden = true };
        using Sequence text = model.Engine.Open();
        int[] prompt = plain.Encode("Once upon a time there was a dog");
        foreach (int length in new[] { prompt.Length, prompt.Length - 4, prompt.Length })
            _ = model.Generate(text, prompt[..length], LoopModel.Greedy(6), Cancellation).ToBlockingEnumerable().Count();

        Assert.InRange(drafter.Seen.Count, 4, 15);
        Assert.All(drafter.Seen, seen => Assert.Equal(RowOf(plain, seen.Ids[..^1]), seen.Hidden));
    }

    [Fact]
    public void A_drafter_that_does_not_read_it_gets_none()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, LogitRows = 16 });
        HiddenDrafter drafter = new(new ScriptedDrafter(4, static _ => [5, 6]));
        model.Pipeline.Parts.Drafter = new TokenDrafter(drafter, "plain", 8, null);
        _ = model.Generate(model.Encode("Once upon"), LoopModel.Greedy(6), Cancellation).ToBlockingEnumerable().Count();
        Assert.NotEmpty(drafter.Seen);
        Assert.All(drafter.Seen, static seen => Assert.Empty(seen.Hidden));
    }

    [Fact]
    public void All_rows_of_a_text_can_be_read()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 8 });
        int[] ids = model.Encode("Once upon a time there was a dog");
        float[] rows = model.ReadRows(ids, Cancellation);
        for (int length = 1; length <= ids.Length; length++)
            Assert.Equal(RowOf(model, ids[..length]), rows[((length - 1) * model.Pipeline.Model.HiddenWidth)..(length * model.Pipeline.Model.HiddenWidth)]);
    }

    private static float[] RowOf(LanguageModel model, int[] ids)
    {
        using Sequence sequence = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        while (true)
        {
            batch.Clear();
            batch.Fill(sequence, ids.AsSpan(sequence.Tokens), Phase.Prefill, LogitRows.None);
            batch.NormedRows = LogitRows.Last;
            model.Engine.Run(batch);
            if (sequence.Tokens == ids.Length)
                return batch.Normed(0).ToArray();
        }
    }

    /// <summary>Records the rows that it gets.</summary>
    private sealed class HiddenDrafter(ScriptedDrafter inner) : IDrafter
    {
        public List<(int[] Ids, float[] Hidden)> Seen { get; } = [];

        public int MaxTokens => inner.MaxTokens;

        public void Propose(in DraftText text, Draft draft)
        {
            Seen.Add((text.Ids.ToArray(), text.Hidden.ToArray()));
            inner.Propose(text, draft);
        }

        public void Dispose() => inner.Dispose();
    }
}
