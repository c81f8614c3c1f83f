using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>What the loop itself allocates for the tokens of several answers: choosing, decoding, stop strings, limits, the reader's queue and the scheduler.</summary>
public sealed class LoopAllocationTests
{
    private const int Answers = 4, Tokens = 300, Window = 32;

    private static readonly string[] s_names = ["Lily", "Tom", "a dog", "the sun"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_allocates_nothing_on_the_thread_of_the_loop()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 2, Sequences = Answers });
        List<long> allocated = new(2 * Tokens);
        HookedExperts.Into(model.Pipeline, 0, rows =>
        {
            if (rows == Answers && allocated.Count < allocated.Capacity)
                allocated.Add(GC.GetAllocatedBytesForCurrentThread());
        });
        await ReadAsync(model);
        allocated.Clear();

        // The same answers again: the text of a token is a string that is made once.
        int[][] texts = await ReadAsync(model);
        Assert.All(texts, static text => Assert.Equal(Tokens, text.Length));
        Assert.True(allocated.Count > Tokens / 2, $"{allocated.Count} steps of {Answers} rows were measured");

        // A queue grows where its reader comes late, and pages begin; what a token allocates falls into each window.
        Assert.Equal(0, Enumerable.Range(0, allocated.Count - Window).Min(first => allocated[first + Window] - allocated[first]));
    }

    private static async Task<int[][]> ReadAsync(LanguageModel model) => await Task.WhenAll(LoopModel.ReadTogether(model, Enumerable.Range(0, Answers).Select(answer =>
    {
        GenerationOptions options = LoopModel.Greedy(Tokens);
        (options.StopStrings, options.Budget) = (["<|never|>"], Spud.Metering.Budget.OfCompute(1000));
        return model.Generate(model.Encode($"Once upon a time, {s_names[answer]}"), options, Cancellation);
    })));
}
