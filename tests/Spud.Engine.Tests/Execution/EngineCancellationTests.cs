using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class EngineCancellationTests
{
    [Fact]
    public void A_step_ends_at_the_next_layer_once_all_its_sequences_are_cancelled()
    {
        using ToyPipeline toy = new(new ToySettings { Layers = 6 });
        using CancellationTokenSource source = new();
        using Sequence sequence = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3);
        sequence.Cancellation = source.Token;
        List<(string, int)> calls = [];
        toy.Faults.OnCall = (verb, layer, _) =>
        {
            calls.Add((verb, layer));
            if (verb == "Fold" && layer == 2)
                source.Cancel();
        };

        OperationCanceledException ended = Assert.Throws<OperationCanceledException>(() => toy.Run(sequence, Phase.Decode, 4));
        Assert.Equal(source.Token, ended.CancellationToken);
        Assert.Equal(("Execute", 2), calls[^1]);
        Assert.Equal(3, sequence.Tokens);
        Assert.Null(sequence.Fault);

        // Nothing of the step is kept, and the sequence goes on as if it had not been.
        toy.Faults.OnCall = null;
        sequence.Cancellation = CancellationToken.None;
        using ToyPipeline fresh = new(new ToySettings { Layers = 6 });
        Assert.Equal(fresh.Run(fresh.Engine.Open(), Phase.Prefill, 1, 2, 3, 5), toy.Run(sequence, Phase.Decode, 5));
    }

    [Theory]
    [InlineData("Execute", 5)]
    [InlineData("Logits", -1)]
    public void Cancelled_after_the_last_check_nothing_is_kept_either(string verb, int layer)
    {
        using ToyPipeline toy = new(new ToySettings { Layers = 6 });
        using CancellationTokenSource source = new();
        using Sequence sequence = toy.Engine.Open();
        sequence.Cancellation = source.Token;
        toy.Faults.OnCall = (at, where, _) =>
        {
            if (at == verb && where == layer)
                source.Cancel();
        };
        Assert.Throws<OperationCanceledException>(() => toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4, 5));
        Assert.Equal(0, sequence.Tokens);
        Assert.All(sequence.Tables, table => Assert.Equal(0, table.Tables[0].Runs.Length));
    }

    [Fact]
    public void One_of_many_that_is_cancelled_is_not_committed_and_the_others_are()
    {
        using ToyPipeline toy = new(new ToySettings()), calm = new(new ToySettings());
        using CancellationTokenSource source = new();
        Sequence[] sequences = [.. Enumerable.Range(0, 3).Select(_ => toy.Engine.Open())];
        sequences[1].Cancellation = source.Token;
        toy.Faults.OnCall = (_, layer, _) =>
        {
            if (layer == 1)
                source.Cancel();
        };
        Batch batch = toy.Engine.NewBatch();
        foreach (Sequence sequence in sequences)
            batch.Add(sequence, [1, 2, 3, 4, 5], Phase.Prefill, LogitRows.Last);

        toy.Engine.Run(batch);
        Assert.Equal([5, 0, 5], sequences.Select(sequence => sequence.Tokens));
        Assert.All(sequences, sequence => Assert.Null(sequence.Fault));
        Assert.Equal(calm.Run(calm.Engine.Open(), Phase.Prefill, 1, 2, 3, 4, 5), batch.Logits(2).ToArray());

        sequences[1].Cancellation = CancellationToken.None;
        Assert.Equal(calm.Run(calm.Engine.Open(), Phase.Prefill, 7, 8), toy.Run(sequences[1], Phase.Prefill, 7, 8));
    }

    [Fact]
    public void A_fault_among_cancelled_sequences_ends_only_the_one_that_still_wants_its_result()
    {
        using ToyPipeline toy = new(new ToySettings());
        using CancellationTokenSource source = new();
        Sequence cancelled = toy.Engine.Open(), faulty = toy.Engine.Open();
        cancelled.Cancellation = source.Token;
        source.Cancel();
        toy.Faults.Throw("Project", 1, faulty.Id);
        Batch batch = toy.Engine.NewBatch();
        batch.Add(cancelled, [1, 2], Phase.Prefill, LogitRows.None);
        batch.Add(faulty, [1, 2], Phase.Prefill, LogitRows.None);
        toy.Engine.Run(batch);
        Assert.Null(cancelled.Fault);
        Assert.Equal(0, cancelled.Tokens);
        Assert.NotNull(faulty.Fault);
    }

    [Fact]
    public void A_component_that_says_cancelled_by_itself_has_failed()
    {
        using ToyPipeline toy = new(new ToySettings());
        using CancellationTokenSource source = new();
        Sequence cancelled = toy.Engine.Open(), other = toy.Engine.Open();
        cancelled.Cancellation = source.Token;
        source.Cancel();
        toy.Faults.OnCall = (verb, _, ids) =>
        {
            if (verb == "Execute" && ids.Contains(other.Id))
                throw new OperationCanceledException("by itself");
        };
        Batch batch = toy.Engine.NewBatch();
        batch.Add(cancelled, [1, 2], Phase.Prefill, LogitRows.None);
        batch.Add(other, [1, 2], Phase.Prefill, LogitRows.None);
        toy.Engine.Run(batch);
        Assert.IsType<ComponentException>(other.Fault);
    }

    [Fact]
    public void A_step_of_sequences_that_are_all_cancelled_is_cancelled_before_the_first_layer()
    {
        using ToyPipeline toy = new(new ToySettings());
        int calls = 0;
        toy.Faults.OnCall = (_, layer, _) => calls += layer >= 0 ? 1 : 0;
        Batch batch = toy.Engine.NewBatch();
        for (int i = 0; i < 2; i++)
        {
            Sequence sequence = toy.Engine.Open();
            sequence.Cancellation = new CancellationToken(canceled: true);
            batch.Add(sequence, [1], Phase.Decode, LogitRows.None);
        }

        Assert.Throws<OperationCanceledException>(() => toy.Engine.Run(batch));
        Assert.Equal(0, calls);
    }
}
