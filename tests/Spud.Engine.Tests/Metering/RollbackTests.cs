using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Metering;

/// <summary>Who pays when a step fails. A toy's FLOPs are those of attention over keys: 2 H (D + Dv) = 48 a key, in three layers.</summary>
public sealed class RollbackTests
{
    private const int PerKey = 3 * 48;

    [Fact]
    public void A_step_that_failed_is_billed_to_nobody()
    {
        using ToyPipeline toy = new(new());
        Sequence sequence = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3);
        Ledger ledger = sequence.Ledger;
        Assert.Equal(6 * PerKey, ledger.Flops);
        toy.Faults.Throw("Execute", 2, sequence.Id);
        Assert.Throws<ComponentException>(() => toy.Run(sequence, Phase.Decode, 4));
        Assert.Equal((6L * PerKey, 3L, 0L), (ledger.Flops, ledger.Tokens, ledger[Phase.Decode].Steps));
    }

    [Fact]
    public void Of_a_step_with_a_faulty_sequence_the_others_pay_for_themselves_once()
    {
        using ToyPipeline toy = new(new());
        Sequence good = toy.Engine.Open(), bad = toy.Engine.Open(), other = toy.Engine.Open();
        toy.Faults.Throw("Fold", 1, bad.Id);
        Batch batch = toy.Engine.NewBatch();
        foreach (Sequence sequence in new[] { good, bad, other })
            batch.Add(sequence, [1, 2], Phase.Prefill, LogitRows.Last);

        toy.Engine.Run(batch);
        Assert.NotNull(bad.Fault);
        Assert.Equal([3L * PerKey, 0L, 3L * PerKey], new[] { good, bad, other }.Select(sequence => sequence.Ledger.Flops));
        Assert.Equal([1L, 0L, 1L], new[] { good, bad, other }.Select(sequence => sequence.Ledger[Phase.Prefill].Steps));
    }

    [Fact]
    public void A_cancelled_sequence_pays_for_what_was_kept_and_no_more()
    {
        using ToyPipeline toy = new(new());
        Sequence cancelled = toy.Engine.Open(), other = toy.Engine.Open();
        toy.Run(cancelled, Phase.Prefill, 1, 2);
        using CancellationTokenSource source = new();
        cancelled.Cancellation = source.Token;
        toy.Faults.OnCall = (_, layer, _) =>
        {
            if (layer == 2)
                source.Cancel();
        };
        Batch batch = toy.Engine.NewBatch();
        batch.Add(cancelled, [3], Phase.Decode, LogitRows.Last);
        batch.Add(other, [1], Phase.Prefill, LogitRows.Last);
        toy.Engine.Run(batch);
        Assert.Equal((3L * PerKey, PerKey), (cancelled.Ledger.Flops, other.Ledger.Flops));
    }

    [Fact]
    public void A_cache_that_throws_at_the_commit_leaves_no_bill()
    {
        using ToyPipeline toy = new(new() { PageTokens = 4, TokensAtMost = 6 });
        Sequence sequence = toy.Engine.Open();
        Ledger ledger = sequence.Ledger;
        toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4);

        // The toy's cache drops nothing, and so breaks its promise of at most six tokens when the second page is full.
        Assert.Throws<ComponentException>(() => toy.Run(sequence, Phase.Prefill, 5, 6, 7, 8));
        Assert.Equal(10L * PerKey, ledger.Flops);
    }

    [Fact]
    public void Keys_that_a_cache_dropped_are_not_paid_for()
    {
        using ToyPipeline toy = new(new() { PageTokens = 4 });
        Sequence sequence = toy.Engine.Open();
        toy.Cache.OnReview = (_, history) => history.Drop(0, 1, 2);
        toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4);
        toy.Cache.OnReview = null;
        long before = sequence.Ledger.Flops;
        Assert.Equal(2, sequence.Ledger.KeptTokens(0));
        toy.Run(sequence, Phase.Decode, 5);
        Assert.Equal(3L * PerKey, sequence.Ledger.Flops - before);
        Assert.Equal(3, sequence.Ledger.KeptTokens(2));
    }
}
