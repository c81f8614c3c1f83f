using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class BatchTests
{
    private static readonly ToySettings s_small = new() { Rows = 6, Sequences = 3, LogitRows = 4, ContextTokens = 9, PageTokens = 4 };

    [Fact]
    public void A_text_longer_than_the_context_is_refused_with_both_lengths_and_nothing_is_lost()
    {
        using ToyPipeline toy = new(s_small);
        using Sequence sequence = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3, 4, 5, 6);
        Batch batch = toy.Engine.NewBatch();
        ContextOverflowException refusal = Assert.Throws<ContextOverflowException>(() => batch.Add(sequence, [7, 8, 9, 10], Phase.Prefill, LogitRows.Last));
        Assert.Equal((10, 9), (refusal.Tokens, refusal.ContextTokens));
        Assert.Equal("10 tokens are longer than the context of 9. Shorten the text or choose a larger context (--ctx).", refusal.Message);
        Assert.Equal(0, batch.Sequences);
        toy.Run(sequence, Phase.Prefill, 7, 8, 9);
        Assert.Equal(9, sequence.Tokens);
        Assert.Throws<ContextOverflowException>(() => toy.Run(sequence, Phase.Decode, 1));
    }

    [Fact]
    public void Rows_sequences_and_logits_beyond_the_limits_are_refused_by_number()
    {
        using ToyPipeline toy = new(s_small);
        Sequence a = toy.Engine.Open(), b = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        Assert.Equal(6, batch.MaxRows);
        Assert.Contains("7 rows of 1 sequences; the maximum is 6 rows of 3 sequences", Refusal(() => batch.Add(a, [1, 2, 3, 4, 5, 6, 7], Phase.Prefill, LogitRows.None)));
        Assert.Contains("logits of 5 rows were asked for; the maximum is 4", Refusal(() => batch.Add(a, [1, 2, 3, 4, 5], Phase.Prefill, LogitRows.All)));
        Assert.Contains("at least one token", Refusal(() => batch.Add(a, [], Phase.Prefill, LogitRows.None)));
        batch.Add(a, [1, 2, 3, 4, 5], Phase.Prefill, LogitRows.None);
        Assert.Contains("sequence 0 is in it already", Refusal(() => batch.Add(a, [1], Phase.Prefill, LogitRows.None)));
        Assert.Contains("7 rows of 2 sequences", Refusal(() => batch.Add(b, [1, 2], Phase.Prefill, LogitRows.None)));
        Assert.Equal((5, 1), (batch.Rows, batch.Sequences));
        batch.Clear();
        Assert.Equal((0, 0), (batch.Rows, batch.Sequences));
        Assert.Contains("the batch is empty", Refusal(() => toy.Engine.Run(batch)));

        static string Refusal(Action act) => Assert.Throws<ArgumentException>(act).Message;
    }

    [Fact]
    public void Components_see_the_effort_that_each_sequence_had_when_it_was_added()
    {
        using ToyPipeline toy = new(s_small);
        using Sequence low = toy.Engine.Open(), usual = toy.Engine.Open();
        List<float[]> seen = [];
        toy.Faults.OnStep = step => seen.Add([.. step.Sequences.ToArray().Select(slice => slice.Effort)]);
        low.Effort = 0.25f;
        Batch batch = toy.Engine.NewBatch();
        batch.Add(low, [1, 2], Phase.Prefill, LogitRows.Last);
        batch.Add(usual, [3], Phase.Prefill, LogitRows.Last);
        low.Effort = 0.75f;
        toy.Engine.Run(batch);
        Assert.NotEmpty(seen);
        Assert.All(seen, efforts => Assert.Equal([0.25f, 1f], efforts));
    }

    [Theory]
    [InlineData(-0.01f)]
    [InlineData(1.01f)]
    [InlineData(float.NaN)]
    public void An_effort_outside_0_to_1_is_refused(float effort)
    {
        using ToyPipeline toy = new(s_small);
        using Sequence sequence = toy.Engine.Open();
        Assert.Contains("expected 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Effort = effort).Message);
        Assert.Equal(1, sequence.Effort);
    }

    [Theory]
    [InlineData(ToyPipeline.Vocabulary)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void An_id_outside_the_vocabulary_never_reaches_a_component(int id)
    {
        using ToyPipeline toy = new(s_small);
        using Sequence sequence = toy.Engine.Open();
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => toy.Run(sequence, Phase.Prefill, 1, id, 3));
        Assert.Contains($"token 1 has the id {id}, the vocabulary has 11", refusal.Message);
    }

    [Fact]
    public void A_batch_filled_before_its_sequence_changed_is_refused()
    {
        using ToyPipeline toy = new(s_small), other = new(s_small);
        Sequence sequence = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        batch.Add(sequence, [1, 2], Phase.Prefill, LogitRows.None);
        toy.Engine.Run(batch);
        Assert.Contains("has 2 tokens, and had 0 when it was added", Assert.Throws<ArgumentException>(() => toy.Engine.Run(batch)).Message);

        batch.Clear();
        batch.Add(sequence, [3], Phase.Decode, LogitRows.None);
        Assert.Contains("belongs to another engine", Assert.Throws<ArgumentException>(() => other.Engine.Run(batch)).Message);
        sequence.Dispose();
        Assert.Throws<ObjectDisposedException>(() => toy.Engine.Run(batch));
        Assert.Throws<ObjectDisposedException>(() => batch.Add(sequence, [1], Phase.Decode, LogitRows.None));
    }

    [Fact]
    public void A_pipeline_that_splits_phases_takes_one_at_a_time_and_another_takes_both()
    {
        Assert.Contains("one phase only", Assert.Throws<ArgumentException>(() => RunBoth(splits: true)).Message);
        RunBoth(splits: false);

        static void RunBoth(bool splits)
        {
            using ToyPipeline toy = new(s_small with { SplitsPhases = splits });
            Batch batch = toy.Engine.NewBatch();
            batch.Add(toy.Engine.Open(), [1, 2], Phase.Prefill, LogitRows.None);
            batch.Add(toy.Engine.Open(), [1], Phase.Decode, LogitRows.None);
            toy.Engine.Run(batch);
        }
    }

    [Fact]
    public void Logits_are_found_by_entry_and_row()
    {
        using ToyPipeline toy = new(s_small);
        Sequence a = toy.Engine.Open(), b = toy.Engine.Open(), c = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        batch.Add(a, [1, 2], Phase.Prefill, LogitRows.All);
        batch.Add(b, [3], Phase.Prefill, LogitRows.None);
        batch.Add(c, [4, 5], Phase.Prefill, LogitRows.Last);
        toy.Engine.Run(batch);
        float[][] got = [batch.Logits(0, 0).ToArray(), batch.Logits(0, 1).ToArray(), batch.Logits(2).ToArray()];
        using ToyPipeline alone = new(s_small);
        float[][] expected = [alone.Run(alone.Engine.Open(), Phase.Prefill, 1), alone.Run(alone.Engine.Open(), Phase.Prefill, 1, 2), alone.Run(alone.Engine.Open(), Phase.Prefill, 4, 5)];
        Assert.Equal(expected, got);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Logits(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Logits(2, 1).Length);
    }

    [Fact]
    public void Sequences_are_as_many_as_the_pipeline_has_and_their_numbers_return()
    {
        using ToyPipeline toy = new(s_small);
        Sequence[] all = [toy.Engine.Open(), toy.Engine.Open(), toy.Engine.Open()];
        Assert.Equal([0, 1, 2], all.Select(sequence => sequence.Id));
        Assert.Contains("all 3 sequences", Assert.Throws<InvalidOperationException>(toy.Engine.Open).Message);
        Assert.Throws<InvalidOperationException>(all[0].Fork);
        all[1].Dispose();
        all[1].Dispose();
        Assert.Equal(1, toy.Engine.Open().Id);
    }

    [Fact]
    public void After_the_pipelines_disposal_nothing_touches_its_memory()
    {
        ToyPipeline toy = new(s_small);
        Sequence sequence = toy.Engine.Open();
        toy.Run(sequence, Phase.Prefill, 1, 2, 3);
        Batch batch = toy.Engine.NewBatch();
        toy.Pipeline.Dispose();
        toy.Pipeline.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Add(sequence, [1], Phase.Decode, LogitRows.None));
        Assert.Throws<ObjectDisposedException>(() => toy.Engine.Run(batch));
        Assert.Throws<ObjectDisposedException>(toy.Engine.Open);
        Assert.Throws<ObjectDisposedException>(() => sequence.Truncate(1));
        Assert.Throws<ObjectDisposedException>(sequence.Fork);
        sequence.Dispose();
    }
}
