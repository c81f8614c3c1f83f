using Spud.Composition;
using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Execution.EndToEnd;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution;

/// <summary>Who may use an engine, its batches and its memory, and when.</summary>
public sealed class EngineSafetyTests
{
    [Fact]
    public void Logits_are_not_read_out_of_memory_that_was_freed()
    {
        ToyPipeline toy = new(new ToySettings());
        Batch batch = toy.Engine.NewBatch(), disposed = toy.Engine.NewBatch();
        batch.Add(toy.Engine.Open(), [1, 2], Phase.Prefill, LogitRows.Last);
        toy.Engine.Run(batch);
        Assert.Equal(ToyPipeline.Vocabulary, batch.Logits(0).Length);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => disposed.Logits(0).Length);
        Assert.Throws<ObjectDisposedException>(() => toy.Engine.Run(disposed));
        toy.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Logits(0).Length);
    }

    [Fact]
    public void A_second_thread_is_refused_and_the_first_goes_on()
    {
        using ToyPipeline toy = new(new ToySettings()), calm = new(new ToySettings());
        Sequence sequence = toy.Engine.Open(), other = toy.Engine.Open();
        Batch batch = toy.Engine.NewBatch();
        batch.Add(other, [1], Phase.Prefill, LogitRows.Last);
        Action[] uses =
        [
            () => toy.Engine.Run(batch), () => toy.Engine.Open(), () => toy.Engine.NewBatch(), () => other.Fork(), () => other.Truncate(0), other.Dispose, batch.Dispose,
            () => other.Affords(1, Phase.Decode, LogitRows.Last), toy.Pipeline.Dispose,
        ];
        string?[] refusals = new string?[uses.Length];
        toy.Faults.OnCall = (verb, layer, _) =>
        {
            if (verb != "Fold" || layer != 1)
                return;

            Thread second = new(() =>
            {
                for (int i = 0; i < uses.Length; i++)
                    refusals[i] = Record.Exception(uses[i])?.Message;
            });
            second.Start();
            second.Join();
        };
        float[] got = toy.Run(sequence, Phase.Prefill, 1, 2, 3);
        Assert.All(refusals, refusal => Assert.StartsWith("The engine is in use by another thread.", refusal));
        Assert.Equal(calm.Run(calm.Engine.Open(), Phase.Prefill, 1, 2, 3), got);

        // Taking turns is fine.
        toy.Faults.OnCall = null;
        float[] next = [];
        Thread later = new(() => next = toy.Run(other, Phase.Prefill, 4));
        later.Start();
        later.Join();
        Assert.Equal(calm.Run(calm.Engine.Open(), Phase.Prefill, 4), next);
    }

    [Fact]
    public void A_component_that_calls_the_engine_is_told_so_and_fails_its_sequence_alone()
    {
        using ToyPipeline toy = new(new ToySettings());
        toy.Faults.OnCall = (_, _, _) => toy.Engine.Open();
        ComponentException fault = Assert.Throws<ComponentException>(() => toy.Run(toy.Engine.Open(), Phase.Prefill, 1));
        Assert.Contains("a component cannot call it in the middle of a step", fault.Message);
        toy.Faults.OnCall = null;
        toy.Run(toy.Engine.Open(), Phase.Prefill, 1);
    }

    [Fact]
    public void A_pipeline_has_one_engine()
    {
        using CpuPipeline pipeline = new(TestData.Path("stories260K/stories260K-f32.gguf"));
        Assert.Same(pipeline.Pipeline.Engine, pipeline.Pipeline.Engine);
        Assert.Empty(typeof(Engine).GetConstructors());
    }

    [Fact]
    public void A_fault_among_others_allocates_no_batch_and_batches_are_used_again()
    {
        using ToyPipeline toy = new(new ToySettings());
        long built = toy.Pipeline.Parts.Memory.Bytes;
        Batch first = toy.Engine.NewBatch();
        Assert.Equal(built, toy.Pipeline.Parts.Memory.Bytes);
        Sequence a = toy.Engine.Open(), b = toy.Engine.Open();
        first.Add(a, [1, 2], Phase.Prefill, LogitRows.Last);
        first.Add(b, [3, 4, 5], Phase.Prefill, LogitRows.All);
        toy.Faults.Throw("Execute", 1, a.Id);
        toy.Engine.Run(first);
        Assert.NotNull(a.Fault);
        Assert.Equal(3, b.Tokens);
        Assert.Equal(built, toy.Pipeline.Parts.Memory.Bytes);

        Batch second = toy.Engine.NewBatch();
        long two = toy.Pipeline.Parts.Memory.Bytes;
        Assert.Equal(built + BatchBuffers.BytesOf(toy.Limits, ToyPipeline.Vocabulary), two);
        first.Dispose();
        first.Dispose();
        second.Dispose();
        for (int i = 0; i < 5; i++)
        {
            using Batch one = toy.Engine.NewBatch(), other = toy.Engine.NewBatch();
        }

        Assert.Equal(two, toy.Pipeline.Parts.Memory.Bytes);
    }

    /// <summary>A fork of a limited sequence had no limit.</summary>
    [Fact]
    public void A_fork_spends_from_the_limit_of_its_parent()
    {
        using CpuPipeline pipeline = new(TestData.Path("stories260K/stories260K-f32.gguf"), new PipelineOptions { Threads = 1, Sequences = 3 });
        using Sequence parent = pipeline.Engine.Open(), free = pipeline.Engine.Open();
        Run(pipeline, parent);
        long before = parent.Ledger.Flops;
        Run(pipeline, parent);
        long row = parent.Ledger.Flops - before;

        // Enough for two more rows, whoever reads them.
        Budget limit = Budget.OfCompute(row * 5 / 2 / 1_000_000_000m);
        parent.StartLedger(limit);
        using Sequence fork = parent.Fork();
        Assert.Same(limit, fork.Ledger.Limit);
        Run(pipeline, parent);
        Run(pipeline, fork);
        Assert.False(parent.Affords(1, Phase.Decode, LogitRows.Last));
        Assert.Throws<BudgetExceededException>(() => Run(pipeline, fork));
        Assert.True(parent.Ledger.Flops + fork.Ledger.Flops <= limit.Flops);

        // In one step each of them fits alone, and together they do not.
        parent.StartLedger(Budget.OfCompute(row * 3 / 2 / 1_000_000_000m));
        using Sequence twin = Replace(fork, parent);
        Assert.True(parent.Affords(1, Phase.Decode, LogitRows.Last) && twin.Affords(1, Phase.Decode, LogitRows.Last));
        Assert.Throws<BudgetExceededException>(() => Run(pipeline, parent, twin));
        twin.StartLedger();
        Run(pipeline, parent, twin);

        static Sequence Replace(Sequence old, Sequence parent)
        {
            old.Dispose();
            return parent.Fork();
        }
    }

    private static void Run(CpuPipeline pipeline, params Sequence[] sequences)
    {
        pipeline.Batch.Clear();
        foreach (Sequence sequence in sequences)
            pipeline.Batch.Add(sequence, [7], Phase.Decode, LogitRows.Last);

        pipeline.Engine.Run(pipeline.Batch);
    }
}
