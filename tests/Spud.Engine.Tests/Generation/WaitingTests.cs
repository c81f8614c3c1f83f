using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>Many requests that wait, several prompts at once, and what is seen of them from outside. The memory that they take is that of the process.</summary>
[Collection(Execution.Alone.Name)]
public sealed class WaitingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_requests_wait_in_little_memory_and_leave_at_once_when_they_are_cancelled()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 1 });
        using CancellationTokenSource stop = new();
        int[] prompt = model.Encode("Once upon a time");
        Request running = model.Generate(prompt, LoopModel.Greedy(500), Cancellation);
        using ManualResetEventSlim allWait = new();
        LoopModel.Hold(model, () => running.GeneratedTokens == 3, () => allWait.IsSet);
        LoopModel.Hold(model, () => running.GeneratedTokens == 50, () => stop.IsCancellationRequested);
        IEnumerator<TextPiece> first = running.ToBlockingEnumerable().GetEnumerator();
        Assert.True(first.MoveNext());

        long before = GC.GetTotalMemory(forceFullCollection: true);
        GenerationOptions options = LoopModel.Greedy(2);
        Request[] waiting = [.. Enumerable.Range(0, 10_000).Select(_ => model.Generate(prompt, options, stop.Token))];
        IAsyncEnumerator<TextPiece>[] readers = [.. waiting.Select(request => request.GetAsyncEnumerator(Cancellation))];
        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / waiting.Length;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes per waiting request");
        Assert.InRange(bytes, 1, 4_096);

        allWait.Set();
        await LoopModel.Until(() => running.GeneratedTokens == 50 && waiting[^1].Position == waiting.Length - 1);
        await stop.CancelAsync();
        foreach (IAsyncEnumerator<TextPiece> reader in readers)
            Assert.False(await reader.MoveNextAsync());

        Assert.All(waiting, request => Assert.Equal((RequestState.Finished, FinishReason.Cancelled), (request.State, request.Finish)));
        while (first.MoveNext())
        {
        }

        Assert.Equal((500, 0, 0), (running.GeneratedTokens, model.Status.Waiting, model.Status.Running));
    }

    [Fact]
    public async Task A_short_prompt_is_not_stuck_behind_a_long_one()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 16, Sequences = 3 });
        Request first = model.Generate(new int[200], LoopModel.Greedy(1), Cancellation), other = model.Generate(new int[150], LoopModel.Greedy(1), Cancellation);
        Request last = model.Generate(new int[20], LoopModel.Greedy(1), Cancellation);
        await Task.WhenAll(LoopModel.ReadTogether(model, first, other, last));
        // A third of the rows of each step; the first step may have begun before the others were there.
        Assert.Equal(4, last.Ledger![Phase.Prefill].Steps);
        Assert.InRange(first.Ledger![Phase.Prefill].Steps, 20, 30);
        Assert.True(last.TimeToFirstToken < other.TimeToFirstToken && other.TimeToFirstToken < first.TimeToFirstToken);
    }

    [Fact]
    public async Task A_request_that_is_alone_is_read_in_the_largest_steps()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 100, TokenGap = TimeSpan.FromTicks(1) });
        Request request = model.Generate(new int[250], LoopModel.Greedy(3), Cancellation);
        await LoopModel.Read(request);
        Assert.Equal(3, request.Ledger![Phase.Prefill].Steps);
    }

    [Fact]
    public async Task Prompts_are_read_in_small_steps_while_an_answer_is_generated()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 100, Sequences = 2, TokenGap = TimeSpan.FromTicks(1) });
        Request running = model.Generate(model.Encode("Once upon a time"), LoopModel.Greedy(400), Cancellation);
        Request prompt = model.Generate(new int[250], LoopModel.Greedy(1), Cancellation);
        using ManualResetEventSlim promptIsThere = new();
        LoopModel.Hold(model, () => running.GeneratedTokens == 1, () => promptIsThere.IsSet);
        Task<int[]> answer = LoopModel.Read(running);
        await LoopModel.Until(() => running.GeneratedTokens == 1);
        Task<int[]> read = LoopModel.Read(prompt);
        promptIsThere.Set();
        await read;
        await answer;
        Assert.Equal((250 + PrefillLimit.MinRows - 1) / PrefillLimit.MinRows, prompt.Ledger![Phase.Prefill].Steps);
    }

    [Fact]
    public async Task The_loop_says_what_it_does_and_each_request_where_it_stands()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 1 });
        Assert.Equal((0, 0, 0L), (model.Status.Waiting, model.Status.Running, model.Status.Steps));
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
        Request running = model.Generate(model.Encode("Once upon a time"), LoopModel.Greedy(400), Cancellation);
        Request[] waiting = [.. Enumerable.Range(0, 3).Select(_ => model.Generate(model.Encode("Lily"), LoopModel.Greedy(1), Cancellation))];
        using ManualResetEventSlim looked = new();
        LoopModel.Hold(model, () => running.GeneratedTokens == 3, () => looked.IsSet);
        Task[] reads = LoopModel.ReadTogether(model, [running, .. waiting]);
        await LoopModel.Until(() => running.GeneratedTokens == 3);
        Assert.Equal([0, 1, 2], waiting.Select(request => request.Position));
        LoopStatus status = model.Status;
        Assert.Equal((3, 1), (status.Waiting, status.Running));
        Assert.True(status.FreePages < status.Pages && status.LastStep > TimeSpan.Zero);
        looked.Set();
        await Task.WhenAll(reads);
        await LoopModel.Until(() => model.Status.Running == 0);
        status = model.Status;
        Assert.Equal((0, 0, 403L, TimeSpan.Zero), (status.Waiting, status.Running, status.GeneratedTokens, status.CurrentStep));
        Assert.True(status.Steps >= 403 && status.Rows > status.GeneratedTokens);
    }
}
