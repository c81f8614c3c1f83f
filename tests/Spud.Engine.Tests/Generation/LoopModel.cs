using System.Diagnostics;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;

namespace Spud.Tests.Generation;

/// <summary>Small models for tests of the step loop.</summary>
internal static class LoopModel
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static LanguageModel Load(PipelineOptions options, params string[] edits) => Load("stories260K/stories260K-f32.gguf", options, edits);

    public static LanguageModel Load(string model, PipelineOptions options, string[] edits) =>
        LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path(model)}", .. edits]), Execution.EndToEnd.CpuPipeline.Plugins, options);

    public static GenerationOptions Greedy(int tokens) => new() { MaxTokens = tokens, IgnoreEndOfGeneration = true, Prefer = DraftPreference.Fixed, Sampling = new() { Temperature = 0 } };

    public static async Task<int[]> Read(Request request)
    {
        List<int> tokens = [];
        await foreach (TextPiece piece in request)
        {
            if (piece.Token is { } token)
                tokens.Add(token);
        }

        return [.. tokens];
    }

    /// <summary>
    /// Starts requests, of which the loop takes up none before all have been submitted. The first step may be of the first one alone, because the loop
    /// may have seen it before it waited.
    /// </summary>
    public static Task<int[]>[] ReadTogether(LanguageModel model, params IEnumerable<Request> requests)
    {
        using (model.Engine.TakeTurn())
            return [.. requests.Select(Read)];
    }

    /// <summary>
    /// Stops the loop in the middle of a step when one thing is so, until another one is. A small model generates hundreds of tokens while a test's thread
    /// waits for a busy processor: what must happen before a request ends would come too late now and then.
    /// </summary>
    /// <param name="model">A model that has had no request.</param>
    /// <param name="when">When the loop stops; asked in every step.</param>
    /// <param name="until">When it goes on.</param>
    public static void Hold(LanguageModel model, Func<bool> when, Func<bool> until) => HookedExperts.Into(
        model.Pipeline, 0, _ => Xunit.Assert.True(!when() || SpinWait.SpinUntil(until, s_patience), "the loop was stopped and never told to go on"));

    /// <summary>Waits until something that the loop does has happened.</summary>
    public static async Task Until(Func<bool> happened)
    {
        for (long start = Stopwatch.GetTimestamp(); !happened(); await Task.Delay(1, Xunit.TestContext.Current.CancellationToken))
            Xunit.Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, "it has not happened");
    }
}
