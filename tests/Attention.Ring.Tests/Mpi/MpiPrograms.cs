using System.Diagnostics;
using Attention.Ring.Native;
using Spud;
using Spud.Composition;
using Spud.Execution;
using Spud.Tests.Execution.Folds;
using Xunit;

namespace Attention.Ring.Tests.Mpi;

/// <summary>What the ranks of the jobs of <see cref="MpiTests"/> and <see cref="LostRankTests"/> run: each compares a pipeline over MPI with one without ranks.</summary>
public sealed class MpiPrograms
{
    private const string Skipped = "runs in the ranks of an MPI job: see MpiTests and LostRankTests";
    private const string Plain = """attention={"use":"backend.cpu/cpu","activations":"f32"}""";

    [Fact]
    public void Texts_forks_and_rollbacks() => InRankZero(ring =>
    {
        KvGeometry kv = ring.Model.Layers[0].Kv;
        OperationExplanation[] copies = [.. PipelineExplanation.Of(ring).Steps[0].Groups.SelectMany(static group => group.Operations).Where(static operation => operation.Copies is not null)];
        Assert.NotEmpty(copies);
        Assert.All(copies, copy => Assert.Equal(kv.Heads * (kv.KeyWidth + kv.ValueWidth) * sizeof(float) / (copies.Length + 1), copy.BytesPerToken));

        using Pipeline plain = RingPipelineTests.Compose("llama", 64, 1, Plain);
        RingPipelineTests.AssertNear(RingPipelineTests.Woven(plain), RingPipelineTests.Woven(ring));
        RingPipelineTests.AssertNear(RingPipelineTests.Read(plain).Logits, RingPipelineTests.Read(ring).Logits);
    });

    [Fact]
    public void Pools_in_several_formats_and_by_head()
    {
        const string Cache = """cache={"use":"streaming","older":"F16","recent":20,"sinks":3,"streamingHeads":2}""";
        InRankZero(
            ring =>
            {
                using Pipeline plain = RingPipelineTests.Compose("llama", 64, 1, Plain, Cache);
                RingPipelineTests.AssertNear(RingPipelineTests.Read(plain).Logits, RingPipelineTests.Read(ring).Logits);
            },
            Cache);
    }

    [Fact]
    public void A_cancelled_step_and_nothing_allocated() => InRankZero(static ring =>
    {
        using Sequence sequence = ring.Engine.Open();
        using CancellationTokenSource source = new();
        using Batch batch = ring.Engine.NewBatch();
        ring.Engine.Step(batch, sequence, [.. Enumerable.Range(3, 60)], Phase.Prefill, LogitRows.Last);
        sequence.Cancellation = source.Token;
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => ring.Engine.Step(batch, sequence, [7], Phase.Decode, LogitRows.Last));
        Assert.Equal(60, sequence.KeptKeys(0).Sum(static keys => keys.Positions.Length));
        sequence.Cancellation = CancellationToken.None;
        Assert.Equal(0, DecodeSteps.AllocatedBy(ring, sequence, batch));
    });

    [Fact]
    public void The_other_rank_is_killed_at_the_end()
    {
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null)
            Assert.Skip(Skipped);

        MpiLink link = MpiLink.Open(new() { TimeoutSeconds = 20 });
        using NativeBuffer message = new();
        if (link.Rank == 0)
        {
            link.Receive(1, message, TimeSpan.FromSeconds(60));
            return;
        }

        link.Send(0, [1], patience: null);
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }

    [Fact]
    public void The_program_does_something_else_for_two_timeouts()
    {
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null)
            Assert.Skip(Skipped);

        RingOptions options = new() { TimeoutSeconds = 10 };
        MpiLink link = MpiLink.Open(options);
        using NativeBuffer message = new();
        if (link.Rank == 0)
        {
            Thread.Sleep(TimeSpan.FromSeconds(2 * options.TimeoutSeconds));
            link.Send(1, [7], patience: null);
            return;
        }

        link.Receive(0, message, patience: null);
        Assert.Equal([7], message.Bytes.ToArray());
    }

    private static void InRankZero(Action<Pipeline> test, params string[] edits)
    {
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null)
            Assert.Skip(Skipped);

        try
        {
            using Pipeline ring = RingPipelineTests.Compose("llama", 64, 1, ["""attention={"use":"backend.cpu/cpu","activations":"f32","fold":[{"use":"ring","transport":"mpi","blockTokens":6}]}""", .. edits]);
            Assert.Equal("0", Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK"));
            test(ring);
        }
        catch (ServedException)
        {
            Assert.NotEqual("0", Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK"));
        }
    }
}
