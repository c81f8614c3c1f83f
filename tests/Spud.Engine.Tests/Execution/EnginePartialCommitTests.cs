using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

/// <summary>The caller keeps as many rows of a step as it wants, once it has seen their logits.</summary>
public sealed class EnginePartialCommitTests
{
    private static readonly ToySettings s_forgetful = new() { Forgets = true, ReviewTokens = 8 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Rows_that_are_not_kept_never_were(int kept)
    {
        using ToyPipeline toy = new(new ToySettings()), fresh = new(new ToySettings());
        Sequence sequence = toy.Engine.Open(), other = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3);
        Batch batch = toy.Engine.NewBatch();
        batch.Add(sequence, [4, 5, 6, 7, 8], Phase.Decode, LogitRows.All);
        batch.Add(other, [9, 10], Phase.Prefill, LogitRows.Last);
        float[] seen = [];
        toy.Engine.Run(batch, entry =>
        {
            if (entry == 1)
                return 2;

            seen = batch.Logits(0, 1).ToArray();
            return kept;
        });
        Assert.Equal(fresh.Run(fresh.Engine.Open(), Phase.Prefill, 1, 2, 3, 4, 5), seen);
        Assert.Equal([1, 2, 3, .. new[] { 4, 5, 6, 7, 8 }[..kept]], sequence.Ids.ToArray());
        Assert.Equal([9, 10], other.Ids.ToArray());
        Assert.Equal(fresh.Run(fresh.Engine.Open(), Phase.Prefill, [.. sequence.Ids, 0]), toy.Run(sequence, Phase.Decode, 0));
    }

    [Fact]
    public void A_review_sees_kept_rows_alone()
    {
        using ToyPipeline toy = new(s_forgetful);
        List<int> reviewed = [];
        toy.Cache.OnReview = (_, history) => reviewed.Add(history.Tokens);
        Sequence sequence = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        batch.Add(sequence, [1, 2, 3, 4, 5, 6, 7, 8], Phase.Decode, LogitRows.All);
        toy.Engine.Run(batch, _ => 7);
        Assert.Empty(reviewed);
        toy.Run(sequence, Phase.Decode, 8);
        Assert.Equal([8, 8, 8], reviewed);
    }

    [Fact]
    public void A_sequence_that_keeps_a_row_pays_for_all_and_one_that_keeps_none_for_nothing()
    {
        using ToyPipeline toy = new(new ToySettings());
        Sequence some = toy.Engine.Open(), none = toy.Engine.Open(), all = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        foreach (Sequence sequence in new[] { some, none, all })
            batch.Add(sequence, [1, 2, 3], Phase.Decode, LogitRows.All);

        toy.Engine.Run(batch, entry => new[] { 1, 0, 3 }[entry]);
        Assert.Equal(all.Ledger.Flops, some.Ledger.Flops);
        Assert.Equal((0L, 0), (none.Ledger.Flops, none.Tokens));
        Assert.Equal((1, 3), (some.Ledger.KeptTokens(0), all.Ledger.KeptTokens(0)));
    }

    [Fact]
    public void Where_a_component_throws_the_others_are_asked_all_the_same()
    {
        using ToyPipeline toy = new(new ToySettings());
        Sequence broken = toy.Engine.Open(), whole = toy.Engine.Open();
        toy.Faults.Throw("Finish", 1, broken.Id);
        Batch batch = toy.Engine.NewBatch();
        batch.Add(broken, [1, 2], Phase.Decode, LogitRows.All);
        batch.Add(whole, [3, 4, 5], Phase.Decode, LogitRows.All);
        List<int> asked = [];
        toy.Engine.Run(batch, entry =>
        {
            asked.Add(entry);
            return 2;
        });
        Assert.NotNull(broken.Fault);
        Assert.Equal([1], asked);
        Assert.Equal([3, 4], whole.Ids.ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_number_of_rows_that_there_are_not_is_refused_and_nothing_is_kept(int rows)
    {
        using ToyPipeline toy = new(new ToySettings()), fresh = new(new ToySettings());
        Sequence sequence = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        batch.Add(sequence, [1, 2, 3], Phase.Decode, LogitRows.All);
        Assert.Contains($"{rows} rows of entry 0 are to be kept, it has 3", Assert.Throws<ArgumentOutOfRangeException>(() => toy.Engine.Run(batch, _ => rows)).Message);
        Assert.Equal(0, sequence.Tokens);
        Assert.Equal(fresh.Run(fresh.Engine.Open(), Phase.Decode, 5), toy.Run(sequence, Phase.Decode, 5));
    }

    [Fact]
    public void A_sequence_knows_its_ids_through_fork_and_truncation()
    {
        using ToyPipeline toy = new(new ToySettings());
        Sequence parent = toy.Engine.Open();
        toy.Run(parent, Phase.Prefill, 1, 2, 3, 4, 5);
        Sequence child = parent.Fork();
        toy.Run(child, Phase.Decode, 6);
        parent.Truncate(2);
        toy.Run(parent, Phase.Decode, 7);
        Assert.Equal([1, 2, 3, 4, 5, 6], child.Ids.ToArray());
        Assert.Equal([1, 2, 7], parent.Ids.ToArray());
    }
}
