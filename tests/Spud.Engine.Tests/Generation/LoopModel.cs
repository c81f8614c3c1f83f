using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;

namespace Spud.Tests.Generation;

/// <summary>Small models for tests of the step loop.</summary>
internal static class LoopModel
{
    public static LanguageModel Load(PipelineOptions options, params string[] edits) => Load("stories260K/stories260K-f32.gguf", options, edits);

    public static LanguageModel Load(string model, PipelineOptions options, string[] edits) =>
        LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path(model)}", .. edits]), Execution.EndToEnd.CpuPipeline.Plugins, options);

    public static GenerationOptions Greedy(int tokens) => new() { MaxTokens = tokens, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };

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

    /// <summary>Waits until something that the loop does has happened.</summary>
    public static async Task Until(Func<bool> happened)
    {
        for (int i = 0; i < 3_000 && !happened(); i++)
            await Task.Delay(10, Xunit.TestContext.Current.CancellationToken);

        Xunit.Assert.True(happened());
    }
}
