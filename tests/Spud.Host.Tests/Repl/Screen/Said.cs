using System.Collections.Immutable;
using Spud.Generation;
using Spud.Host.Repl;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Tests.Repl.Screen;

/// <summary>Events of turns that nobody computed.</summary>
internal static class Said
{
    private static readonly FrozenPipeline s_pipeline = new("0123", "model.gguf: cpu", "{}");

    public static Turn Turn(int number, string question, string answer, int tokens = 0)
    {
        Turn turn = new() { Number = number, Question = question, Pipeline = s_pipeline, PromptIds = [.. Enumerable.Range(0, 40)], Answer = answer };
        (turn.Finish, turn.TimeToFirstToken, turn.DecodeTime, turn.ReusedTokens) = (FinishReason.StopToken, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5), 12);
        for (int i = 0; i < tokens; i++)
            turn.Add(Token(i));

        return turn;
    }

    public static TurnToken Token(int i, ImmutableArray<int> experts = default) =>
        new(i, "x", null, [], TimeSpan.FromMilliseconds(250 + 10 * i + i % 3)) { Experts = experts.IsDefault ? [] : experts };

    /// <summary>A turn from its question to its end.</summary>
    public static SessionEvent[] Whole(Turn turn) => [new TurnStarted(turn), new AnswerText(turn, AnswerPart.Final, turn.Answer), new TurnFinished(turn)];
}
