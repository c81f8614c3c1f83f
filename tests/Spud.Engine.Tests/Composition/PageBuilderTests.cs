using Spud.Configuration;
using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Composition;

public sealed class PageBuilderTests
{
    [Theory]
    [InlineData(ElementType.I32, 4, "cache 'toy/cache', layer 0: I32 is not a page format; known: F32, F16, BF16, Q8_0, Q4_0.")]
    [InlineData(ElementType.Q8_0, 4, "cache 'toy/cache', layer 0: Q8_0 needs keys whose width is a multiple of 32, this model's are 4 wide; choose F32, F16 or BF16.")]
    [InlineData(ElementType.F16, 4, "layer 0: attention 'toy/attention' cannot read the F16 pages of cache 'toy/cache'. It reads: F32.")]
    [InlineData(ElementType.F32, 0, "cache 'toy/cache', layer 0: pages of 0 tokens and at most 64 tokens; both must be at least 1.")]
    public void A_layout_that_cannot_be_is_refused_with_its_reason(ElementType format, int pageTokens, string expected) =>
        Assert.Equal(expected, Assert.Throws<CompositionException>(() => new ToyPipeline(new ToySettings { Format = format, PageTokens = pageTokens })).Message);

    [Theory]
    [InlineData(64, 64, 64, 1)] // one page as long as the context: a contiguous cache
    [InlineData(4, 64, 64, 16)]
    [InlineData(5, 64, 64, 13)]
    [InlineData(4, 8, 64, 7)] // 8 kept and 16 new rows, and a page for where they begin
    [InlineData(4, 50, 64, 16)]
    public void Pools_hold_the_longest_sequence_and_not_a_page_more(int pageTokens, int tokensAtMost, int context, int pages)
    {
        using ToyPipeline toy = new(new ToySettings { PageTokens = pageTokens, TokensAtMost = tokensAtMost, ContextTokens = context, Sequences = 2 });
        Assert.All(toy.Pages.Layers, layer => Assert.Equal(2 * pages, layer.First.Pool.Keys.Shape[0]));
    }

    /// <summary>A pool had room for the rows of the largest step, although no step crosses a review border.</summary>
    [Fact]
    public void A_pool_has_room_for_the_rows_up_to_the_next_review_border()
    {
        using ToyPipeline toy = new(new ToySettings { PageTokens = 4, TokensAtMost = 8, ContextTokens = 1000, Sequences = 1, Rows = 400, Forgets = true, ReviewTokens = 4 });
        Assert.All(toy.Pages.Layers, layer => Assert.Equal((8 + 4) / 4 + 1, layer.First.Pool.Keys.Shape[0]));
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 5)]
    [InlineData(13, 64)]
    [InlineData(7, 4)]
    public void Every_sequence_may_fill_its_context_forks_too(int context, int pageTokens)
    {
        using ToyPipeline toy = new(new ToySettings { PageTokens = pageTokens, ContextTokens = context, Layers = 1, Experts = 1 });
        using Sequence first = toy.Engine.Open();
        toy.Run(first, Phase.Prefill, 1, 2, 3);
        Sequence[] all = [first, first.Fork(), first.Fork(), toy.Engine.Open()];
        foreach (Sequence sequence in all)
        {
            while (sequence.Tokens < context)
                toy.Run(sequence, Phase.Prefill, new int[Math.Min(7, context - sequence.Tokens)]);
        }

        Assert.All(all, sequence => Assert.Equal(context, sequence.Tokens));
    }

    [Fact]
    public void A_window_that_moves_on_never_finds_the_pool_full()
    {
        // The policy keeps what its layout promises, and not a token more.
        const int keeps = 6;
        using ToyPipeline toy = new(new ToySettings { PageTokens = 4, TokensAtMost = keeps + 4, ContextTokens = 1000, Sequences = 1, Rows = 9, Window = keeps, Layers = 1, Experts = 1 });
        toy.Cache.OnReview = (_, history) =>
        {
            for (int run = 0; run < history.Runs.Length; run++)
            {
                if (history.Runs[run].LastPosition <= history.Tokens - keeps)
                    history.Drop(run, 0, history.Runs[run].Keys);
            }
        };
        using Sequence sequence = toy.Engine.Open();
        Random random = new(3);
        while (sequence.Tokens < 990)
            toy.Run(sequence, Phase.Prefill, new int[random.Next(1, 10)]);

        Assert.InRange(sequence.Tables[0].Tables[0].Runs.Length, 1, 3);
    }
}
