using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>A text that is continued again and again is computed only where it is new.</summary>
public sealed class ConversationTests : IDisposable
{
    private static readonly GenerationOptions s_greedy = new() { MaxTokens = 12, Sampling = new() { Temperature = 0, RepetitionPenalty = 1.3f } };

    private readonly LanguageModel _model = LanguageModel.Load(
        PipelineDocument.Load(null, [$"model=\"{TestData.Path("stories260K/stories260K-f32.gguf")}\"", "cache.format=f32"]),
        PluginCatalog.Discover([TestData.Plugins]),
        new() { Threads = 1, Sequences = 2 });

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_text_that_goes_on_is_computed_only_where_it_is_new()
    {
        using Sequence sequence = _model.Engine.Open();
        int[] first = _model.Encode("Once upon a time");
        int[] answer = Tokens(_model.Generate(sequence, first, s_greedy, TestContext.Current.CancellationToken));
        // The last token of an answer was chosen and not yet appended.
        Assert.Equal(first.Length + answer.Length - 1, sequence.Tokens);

        int[] longer = [.. first, .. answer, .. _model.Encode(" Then")];
        Request second = _model.Generate(sequence, longer, s_greedy, TestContext.Current.CancellationToken);
        Assert.Equal(Alone(longer), Tokens(second));
        Assert.Equal(first.Length + answer.Length - 1, second.ReusedTokens);
    }

    [Fact]
    public void A_text_that_differs_is_computed_from_there()
    {
        using Sequence sequence = _model.Engine.Open();
        int[] first = _model.Encode("Once upon a time there was a dog");
        Tokens(_model.Generate(sequence, first, s_greedy, TestContext.Current.CancellationToken));
        int[] other = [.. first[..4], .. _model.Encode("Lily").AsSpan(1)];
        Request second = _model.Generate(sequence, other, s_greedy, TestContext.Current.CancellationToken);
        Assert.Equal(Alone(other), Tokens(second));
        Assert.Equal(4, second.ReusedTokens);
    }

    [Fact]
    public void The_same_prompt_again_gives_the_same_and_computes_one_token()
    {
        using Sequence sequence = _model.Engine.Open();
        int[] prompt = _model.Encode("Once upon a time");
        int[] first = Tokens(_model.Generate(sequence, prompt, s_greedy, TestContext.Current.CancellationToken));
        Request again = _model.Generate(sequence, prompt, s_greedy, TestContext.Current.CancellationToken);
        Assert.Equal(first, Tokens(again));
        Assert.Equal(prompt.Length - 1, again.ReusedTokens);
    }

    [Fact]
    public void A_cancelled_request_leaves_a_sequence_that_goes_on()
    {
        using Sequence sequence = _model.Engine.Open();
        using CancellationTokenSource stop = new();
        int[] prompt = _model.Encode("Once upon a time");
        Request cancelled = _model.Generate(sequence, prompt, new() { MaxTokens = 400, Sampling = s_greedy.Sampling }, stop.Token);
        LoopModel.Hold(_model, () => cancelled.GeneratedTokens == 3, () => stop.IsCancellationRequested);
        foreach (TextPiece _ in cancelled.ToBlockingEnumerable())
            stop.Cancel();

        Assert.Equal(FinishReason.Cancelled, cancelled.Finish);
        Assert.Equal(Alone(prompt), Tokens(_model.Generate(sequence, prompt, s_greedy, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_request_that_is_left_gives_its_sequence_back()
    {
        int[] prompt = _model.Encode("Once upon a time");
        for (int i = 0; i < 3; i++)
            _ = _model.Generate(prompt, s_greedy, TestContext.Current.CancellationToken).ToBlockingEnumerable().First();
    }

    private int[] Alone(int[] prompt) => Tokens(_model.Generate(prompt, s_greedy, TestContext.Current.CancellationToken));

    private static int[] Tokens(Request request) => [.. request.ToBlockingEnumerable().Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];
}
