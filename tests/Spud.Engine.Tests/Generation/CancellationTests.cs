using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>A cancelled request frees everything, wherever it is; and a step that does not end is seen from outside.</summary>
public sealed class CancellationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, 0)]
    [InlineData(1, 40)]
    public async Task A_request_that_is_cancelled_in_a_step_computes_no_further_layer_and_frees_its_pages(int rows, int generated)
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 100 });
        using CancellationTokenSource stop = new();
        int steps = 0, later = 0;
        Request request = model.Generate(new int[250], LoopModel.Greedy(200), stop.Token);
        HookedExperts.Into(model.Pipeline, 0, now =>
        {
            if (now == rows && request.GeneratedTokens >= generated && steps++ == 0)
                stop.Cancel();
        });
        HookedExperts.Into(model.Pipeline, 1, _ => later += stop.IsCancellationRequested ? 1 : 0);
        int[] tokens = await LoopModel.Read(request);
        Assert.Equal((FinishReason.Cancelled, 1, 0, generated), (request.Finish, steps, later, tokens.Length));
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_beside_others_leaves_after_the_step_and_they_go_on()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 16, Sequences = 2 }), alone = LoopModel.Load(new() { Threads = 1 });
        using CancellationTokenSource stop = new();
        Request running = model.Generate(model.Encode("Once upon a time"), LoopModel.Greedy(100), Cancellation), prompt = model.Generate(new int[250], LoopModel.Greedy(1), stop.Token);
        HookedExperts.Into(model.Pipeline, 0, _ =>
        {
            if (running.GeneratedTokens == 30)
                stop.Cancel();
        });
        Task<int[]> read = LoopModel.Read(running);
        await LoopModel.Until(() => running.GeneratedTokens > 0);
        await LoopModel.Read(prompt);
        Assert.Contains(prompt.Finish, new[] { FinishReason.Cancelled, FinishReason.Length });
        Assert.Equal(await LoopModel.Read(alone.Generate(alone.Encode("Once upon a time"), LoopModel.Greedy(100), Cancellation)), await read);
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
    }

    [Fact]
    public async Task A_component_that_hangs_is_seen_in_the_status()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 });
        using ManualResetEventSlim hangs = new();
        HookedExperts.Into(model.Pipeline, 0, _ => hangs.Wait(Cancellation));
        Task<int[]> read = LoopModel.Read(model.Generate(new int[9], LoopModel.Greedy(3), Cancellation));
        await LoopModel.Until(() => model.Status.CurrentStep > TimeSpan.FromMilliseconds(200));
        Assert.Equal((1, 0L), (model.Status.Waiting + model.Status.Running, model.Status.Steps));
        hangs.Set();
        await read;
        await LoopModel.Until(() => model.Status.Running == 0);
        Assert.Equal(TimeSpan.Zero, model.Status.CurrentStep);
    }
}
