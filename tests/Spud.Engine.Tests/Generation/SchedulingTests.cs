using System.Diagnostics;
using Spud.Execution;
using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>The loop does what the pipeline's scheduler decides, and shows it what it needs to know.</summary>
public sealed class SchedulingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_served_in_the_order_of_the_scheduler_with_the_rows_that_it_grants()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 64, Sequences = 4 });
        // The last one first, alone, seven rows at a time.
        Watched watched = Watched.Into(model, static (_, jobs, decisions) =>
        {
            for (int i = jobs.Length - 1; i >= 0; i--)
            {
                if (jobs[i].State == JobState.Ended)
                    continue;

                decisions[i] = new() { Action = JobAction.Run, Rank = 0, Rows = Math.Min(7, jobs[i].RowsWanted) };
                return;
            }
        });
        Request[] requests = [.. Enumerable.Range(0, 3).Select(_ => model.Generate(new int[70], LoopModel.Greedy(3), Cancellation))];
        await Task.WhenAll(LoopModel.ReadTogether(model, requests));
        Assert.True(requests[2].TimeToFirstToken < requests[1].TimeToFirstToken);
        Assert.Equal((10L, 10L), (requests[1].Ledger![Phase.Prefill].Steps, requests[2].Ledger![Phase.Prefill].Steps));
        Assert.Null(watched.Fault);
    }

    [Fact]
    public async Task A_scheduler_sees_every_job_with_its_terms_progress_and_bill_until_it_has_ended()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 8, Sequences = 1 }, "cache.pageTokens=16");
        List<JobView> seen = [];
        Watched watched = Watched.Into(model, static (_, _, _) => { }, (capacity, jobs) =>
        {
            // The first step may begin before the second request is there.
            Assert.InRange(capacity.Accounts, jobs.Length == 0 ? 0 : jobs.Max(job => job.Account) + 1, 2);
            Assert.True(capacity.Sequences == 1 && capacity.RowFlops > 100_000 && capacity.Pages == 32 && capacity.Rows == 8);
            for (int i = 1; i < jobs.Length; i++)
                Assert.True(jobs[i].Id > jobs[i - 1].Id);

            seen.AddRange(jobs);
        });
        GenerationOptions first = LoopModel.Greedy(4), second = LoopModel.Greedy(2);
        (first.Job, first.Budget) = (new() { Account = "one", Weight = 2, Tier = 1 }, Spud.Metering.Budget.OfCompute(5));
        second.Job = new() { Account = "two", Lane = JobLane.Spot, BidPerCu = 0.5m, Deadline = DateTimeOffset.UtcNow.AddHours(1) };
        Request one = model.Generate(new int[20], first, Cancellation), two = model.Generate(new int[9], second, Cancellation);
        await Task.WhenAll(LoopModel.ReadTogether(model, one, two));
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.Null(watched.Fault);
        JobView[] ofOne = [.. seen.Where(job => job.Id == 1)], ofTwo = [.. seen.Where(job => job.Id == 2)];
        Assert.All(ofOne, job => Assert.Equal((0, 2.0, 1, JobLane.Floor, false, 5_000_000_000L, TimeSpan.MaxValue), (job.Account, job.Weight, job.Tier, job.Lane, job.Bids, job.CapFlops, job.Deadline)));
        Assert.All(ofTwo, job => Assert.Equal((1, JobLane.Spot, true, long.MaxValue), (job.Account, job.Lane, job.Bids, job.CapFlops)));
        Assert.InRange(ofTwo[0].Deadline - ofTwo[0].Arrival, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        // 8 + 8 + 4 rows, then three of the answer; the last decision shows what was billed by the last step.
        Assert.Equal([20, 12, 4, 0, 0, 0, 0], ofOne.Select(job => job.State == JobState.Ended ? 0 : job.TokensToRead));
        Assert.Equal([0, 1, 1, 2, 2, 2, 0], ofOne.Select(job => job.Pages));
        Assert.Equal([4, 4, 4, 3, 2, 1], ofOne[..^1].Select(job => job.TokensToProduce));
        Assert.Equal((JobState.Waiting, JobState.Running, JobState.Ended), (ofOne[0].State, ofOne[1].State, ofOne[^1].State));
        Assert.Equal((one.Ledger!.Flops, one.Ledger.Flops), (ofOne.Sum(job => job.StepFlops), ofOne[^1].SpentFlops));
        Assert.Equal((two.Ledger!.Flops, JobState.Ended), (ofTwo.Sum(job => job.StepFlops), ofTwo[^1].State));
        Assert.All(ofTwo.TakeWhile(job => job.State == JobState.Waiting), job => Assert.Equal((9, 0, 0L), (job.TokensToRead, job.Pages, job.SpentFlops)));
    }

    [Fact]
    public async Task A_scheduler_takes_pages_from_one_and_gives_them_to_another_and_the_text_stays_the_same()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 1 }), alone = LoopModel.Load(new() { Threads = 1 });
        Watched watched = Watched.Into(model, PreferUrgent);
        GenerationOptions urgent = LoopModel.Greedy(10);
        urgent.Job = new() { Tier = 0 };
        Request slow = model.Generate(model.Encode("Once upon a time"), LoopModel.Greedy(300), Cancellation), fast = model.Generate(model.Encode("Lily"), urgent, Cancellation);
        using ManualResetEventSlim urgentIsThere = new();
        LoopModel.Hold(model, () => slow.GeneratedTokens > 3, () => urgentIsThere.IsSet);
        Task<int[]> read = LoopModel.Read(slow);
        await LoopModel.Until(() => slow.GeneratedTokens > 3);
        Task<int[]> readFast = LoopModel.Read(fast);
        urgentIsThere.Set();
        await readFast;
        Assert.Equal((1, RequestState.Finished), (slow.Releases, fast.State));
        Assert.Equal(await LoopModel.Read(alone.Generate(alone.Encode("Once upon a time"), LoopModel.Greedy(300), Cancellation)), await read);
        Assert.Null(watched.Fault);

        static void PreferUrgent(StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
        {
            int best = -1;
            for (int i = 0; i < jobs.Length; i++)
            {
                if (jobs[i].State != JobState.Ended && (best < 0 || jobs[i].Tier < jobs[best].Tier))
                    best = i;
            }

            for (int i = 0; i < jobs.Length; i++)
                decisions[i] = i == best ? new() { Action = JobAction.Run, Rows = Math.Min(capacity.Rows, jobs[i].RowsWanted) } : new() { Action = JobAction.Release };
        }
    }

    [Fact]
    public async Task A_bid_that_is_raised_counts_while_the_request_waits_and_while_it_runs()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 1 });
        List<JobView> seen = [];
        Watched watched = Watched.Into(
            model,
            static (_, jobs, decisions) =>
            {
                for (int i = 0; i < jobs.Length; i++)
                    decisions[i].PricePerCu = jobs[i].PricePerCu;
            },
            (_, jobs) => seen.AddRange(jobs));
        GenerationOptions options = LoopModel.Greedy(20);
        options.Job = new() { Lane = JobLane.Spot, BidPerCu = 0.5m };
        Request running = model.Generate(new int[9], options, Cancellation), waiting = model.Generate(new int[9], options, Cancellation);
        using ManualResetEventSlim raised = new();
        LoopModel.Hold(model, () => running.GeneratedTokens == 3, () => raised.IsSet);
        Task<int[]>[] reads = LoopModel.ReadTogether(model, running, waiting);
        await LoopModel.Until(() => running.GeneratedTokens == 3);
        running.RaiseBid(0.6m);
        waiting.RaiseBid(0.7m);
        waiting.RaiseBid(0.65m);
        raised.Set();
        await Task.WhenAll(reads);
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.Null(watched.Fault);
        Assert.Equal((0.6m, 0.7m), (running.BidPerCu, waiting.BidPerCu));
        Assert.Equal([500_000_000L, 600_000_000L], seen.Where(static job => job is { Id: 1, State: JobState.Running }).Select(static job => job.PricePerCu).Distinct());
        Assert.Equal([500_000_000L, 700_000_000L], seen.Where(static job => job is { Id: 2, State: JobState.Waiting }).Select(static job => job.PricePerCu).Distinct());
        Assert.Equal([0.5m, 0.6m], running.Ledger!.Market!.Prices.Select(static price => price.PricePerCu));
        Assert.Equal([0.7m], waiting.Ledger!.Market!.Prices.Select(static price => price.PricePerCu));
        Assert.Throws<InvalidOperationException>(() => model.Generate(new int[9], LoopModel.Greedy(1), Cancellation).RaiseBid(1));
        Assert.Throws<ArgumentException>(() => running.RaiseBid(-1));
    }

    [Fact]
    public async Task A_request_ends_at_its_deadline_whether_it_runs_or_waits_and_others_go_on()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 1 });
        DateTimeOffset deadline = DateTimeOffset.UtcNow.AddSeconds(1);
        GenerationOptions options = LoopModel.Greedy(400);
        options.Job = new() { Deadline = deadline };
        Request running = model.Generate(new int[9], options, Cancellation), waiting = model.Generate(new int[9], options, Cancellation), other = model.Generate(new int[9], LoopModel.Greedy(3), Cancellation);
        LoopModel.Hold(model, () => running.GeneratedTokens == 3, () => DateTimeOffset.UtcNow > deadline.AddMilliseconds(50));
        int[][] texts = await Task.WhenAll(LoopModel.ReadTogether(model, running, waiting, other));
        Assert.Equal((FinishReason.Expired, FinishReason.Expired, FinishReason.Length), (running.Finish, waiting.Finish, other.Finish));
        Assert.Equal((Spud.Metering.RequestOutcome.Expired, null), (running.Ledger!.Outcome, waiting.Ledger));
        Assert.InRange(texts[0].Length, 0, 4);
        Assert.Equal((0, 3), (texts[1].Length, texts[2].Length));
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
    }

    [Fact]
    public async Task A_scheduler_that_hangs_is_named_while_it_does()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 });
        using ManualResetEventSlim hangs = new();
        Watched.Into(model, (capacity, jobs, decisions) =>
        {
            hangs.Wait(Cancellation);
            new FifoScheduler().Decide(capacity, jobs, decisions);
        });
        Task<int[]> read = LoopModel.Read(model.Generate(new int[9], LoopModel.Greedy(3), Cancellation));
        await LoopModel.Until(() => model.Status.CurrentStep > TimeSpan.FromMilliseconds(50));
        Assert.Equal("scheduler watched", model.Engine.LastComponent);
        hangs.Set();
        await read;
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.StartsWith("head ", model.Engine.LastComponent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_all_must_wait_the_loop_rests_and_cancelled_requests_leave()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 });
        long asked = 0;
        Watched.Into(model, (_, _, decisions) =>
        {
            asked++;
            decisions.Clear();
        });
        using CancellationTokenSource stop = new();
        Stopwatch time = Stopwatch.StartNew();
        Task<int[]> read = LoopModel.Read(model.Generate(new int[9], LoopModel.Greedy(3), stop.Token));
        await LoopModel.Until(() => Interlocked.Read(ref asked) >= 20);
        Assert.InRange(Interlocked.Read(ref asked), 20, time.ElapsedMilliseconds / 4 + 10);
        await stop.CancelAsync();
        Assert.Empty(await read);
    }

    [Fact]
    public async Task A_faulty_scheduler_is_replaced_and_requests_go_on()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2 });
        Watched watched = Watched.Into(model, static (_, jobs, _) => throw new InvalidOperationException($"{jobs.Length}"));
        Assert.Equal(5, (await LoopModel.Read(model.Generate(new int[9], LoopModel.Greedy(5), Cancellation))).Length);
        Assert.Contains("it threw InvalidOperationException", watched.Fault);
    }

    /// <summary>A scheduler that does what a test says.</summary>
    private sealed class Watched(Watched.Script script, Action<StepCapacity, JobView[]>? watch) : IScheduler
    {
        public delegate void Script(StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions);

        /// <summary>What was said about it.</summary>
        public string? Fault { get; private set; }

        /// <summary>Puts itself into a model without requests; a script that decides nothing serves jobs in order of arrival.</summary>
        public static Watched Into(LanguageModel model, Script script, Action<StepCapacity, JobView[]>? watch = null)
        {
            Watched watched = new(script, watch);
            model.Pipeline.Parts.Scheduler = new(watched, "watched", fault => watched.Fault ??= fault);
            return watched;
        }

        public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
        {
            try
            {
                watch?.Invoke(capacity, jobs.ToArray());
            }
            catch (Exception wrong)
            {
                Fault ??= wrong.Message;
            }

            if (watch is null)
                decisions.Clear();
            else
                new FifoScheduler().Decide(capacity, jobs, decisions);

            script(capacity, jobs, decisions);
            return default;
        }

        public void Dispose()
        {
        }
    }
}
