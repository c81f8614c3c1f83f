using Spud.Composition;
using Spud.Execution;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Metering.Budgets;

/// <summary>Ten thousand random requests, several at once in every step: none costs more than its limit, and every bill is what was kept.</summary>
public sealed class BudgetPropertyTests
{
    private const int Requests = 10_000;

    /// <summary>Model, experts that a row takes (null: as trained), tokens of a page, maximum rows of a step, sequences.</summary>
    public static TheoryData<string, int?, int, int, int> Pipelines => new()
    {
        { "stories260K-f32", null, 64, 32, 4 },
        { "stories260K-q8_0", null, 16, 8, 3 },
        { "stories260K-f16", null, 16, 5, 1 },
        { "stories260K-moe4x-noise-f32", null, 64, 32, 4 },
        { "stories260K-moe4x-noise-f32", 1, 16, 24, 6 },
        { "stories260K-moe4x-noise-q8_0", 3, 16, 16, 4 },
        { "stories260K-moe4x-noise-f32", 4, 32, 64, 8 },
        { "stories260K-moe4x-identical-f32", 2, 16, 7, 2 },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void No_limit_is_exceeded_and_no_bill_is_lost(string model, int? experts, int pageTokens, int rows, int sequences)
    {
        PencilCosts costs = model.Contains("moe") ? new(4, experts ?? 2) : new(1, 1);
        string[] edits = ["context=64", $"cache.pageTokens={pageTokens}", .. experts is null ? [] : new[] { $"router.experts={experts}" }];
        using CpuPipeline pipeline = new(
            TestData.Path($"stories260K/{model}.gguf"), new PipelineOptions { Threads = 1, Rows = rows, Sequences = sequences, LogitRows = sequences }, edits: edits);
        FaultyExperts faulty = FaultyExperts.Into(pipeline.Pipeline);
        Random random = new(rows * 31 + sequences);
        List<RandomRequest> running = [], over = [];
        while (over.Count < Requests / Pipelines.Count)
        {
            while (running.Count < sequences)
                running.Add(new(random, costs, faulty, pipeline.Engine.Open()));

            Step(pipeline, running, random);
            foreach (RandomRequest request in running.Where(request => request.IsOver))
            {
                request.Sequence.Dispose();
                request.Check();
                over.Add(request);
            }

            running.RemoveAll(request => request.IsOver);
        }

        // All kinds were there: some were cut, some were not, and some paid nothing.
        Assert.InRange(over.Count(request => request.WasStopped), over.Count / 10, over.Count * 9 / 10);
        Assert.Contains(over, request => request.Ledger.Flops == 0);
        Assert.Contains(over, request => request.Sequence.Fault is not null && request.Ledger.Flops > 0);
        Assert.Contains(over, request => request.Sequence.Cancellation.IsCancellationRequested && request.Ledger.Flops > 0);
    }

    /// <summary>One step of as many requests as fit, and everybody's account of it.</summary>
    private static void Step(CpuPipeline pipeline, List<RandomRequest> running, Random random)
    {
        Batch batch = pipeline.Batch;
        batch.Clear();
        List<(RandomRequest Request, BatchEntry Entry)> entries = [];
        foreach (RandomRequest request in running.OrderBy(_ => random.Next()))
        {
            if (batch.MaxRows - batch.Rows >= 8 || batch.Sequences == 0)
                Add(batch, request, entries);
        }

        if (batch.Sequences == 0)
            return;

        long before = entries.Sum(entry => entry.Request.Ledger.Flops);
        bool refused = false;
        try
        {
            pipeline.Engine.Run(batch);
        }
        catch (BudgetExceededException)
        {
            refused = true;
            Assert.Equal(before, entries.Sum(entry => entry.Request.Ledger.Flops));
            Assert.All(entries, entry => Assert.Equal(entry.Entry.FirstPosition, entry.Request.Sequence.Tokens));
        }
        catch (ComponentException fault)
        {
            Assert.Same(fault, Assert.Single(entries).Request.Sequence.Fault);
        }
        catch (OperationCanceledException)
        {
            Assert.All(entries, entry => Assert.True(entry.Request.Sequence.Cancellation.IsCancellationRequested));
        }

        foreach ((RandomRequest request, BatchEntry entry) in entries)
            request.Note(entry, refused);
    }

    private static void Add(Batch batch, RandomRequest request, List<(RandomRequest Request, BatchEntry Entry)> entries)
    {
        int count = batch.Sequences;
        request.Next(batch);
        if (batch.Sequences > count)
            entries.Add((request, batch.Entries[^1]));
    }
}
