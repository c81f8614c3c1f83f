using Spud.Configuration;
using Spud.Generation;
using Spud.Host.Repl;
using Spud.Host.Repl.Comparison;

namespace Spud.Host.Tests.Repl;

public sealed class AnswerComparisonTests
{
    [Fact]
    public void A_replay_under_the_same_pipeline_gives_the_same_answer_and_leaves_the_conversation()
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        AnswerComparison comparison = test.Session.Replay(1, TestContext.Current.CancellationToken);
        ComparedAnswer again = Assert.Single(comparison.Others);
        Assert.Null(again.FirstDifference);
        Assert.All(again.Differences, difference => Assert.Equal(TokenChange.Same, difference.Change));
        Assert.Equal(comparison.Reference.Quality!.LogProbability, again.Quality!.LogProbability, 4);
        Assert.Equal(2, test.Session.Conversation.Turns.Count);
        Turn next = test.Session.Ask("Go on", TestContext.Current.CancellationToken);
        Assert.True(next.ReusedTokens > test.Session.Conversation.Turns[1].PromptTokens);
    }

    [Fact]
    public void A_replay_under_another_pipeline_shows_what_became_of_the_answer()
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/set cache.format=bf16");
        AnswerComparison comparison = test.Session.Replay(1, TestContext.Current.CancellationToken);
        ComparedAnswer replayed = Assert.Single(comparison.Others);
        Assert.Equal(0, comparison.Reference.Quality!.Divergence);
        Assert.InRange(replayed.Quality!.Divergence!.Value, 1e-12, 0.1);
        Assert.InRange(replayed.Quality.LogProbability, comparison.Reference.Quality.LogProbability - 0.1, comparison.Reference.Quality.LogProbability + 0.1);
        string said = test.Said();
        Assert.Contains("turn 1", said, StringComparison.Ordinal);
        Assert.Contains("replay", said, StringComparison.Ordinal);
        Assert.Contains("reads its", said, StringComparison.Ordinal);
        Assert.Single(test.Session.Conversation.Turns);
    }

    [Fact]
    public void Scoring_shows_how_far_it_is()
    {
        using TestSession test = new(setup => setup with { Settings = setup.Settings with { MaxTokens = 20 } });
        test.Enter("/ab cache.format=f32,bf16");
        test.Events.Clear();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        string?[] shown = [.. test.Events.OfType<Progress>().Select(progress => progress.What)];
        Assert.Contains("scoring the answer under cache.format=bf16: 16 of 20 tokens", shown);
        Assert.Null(shown[^1]);
    }

    [Fact]
    public void A_replay_of_an_earlier_turn_reads_only_what_came_before_it()
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        test.Enter("/replay 1");
        Turn again = test.Session.Replay(1, TestContext.Current.CancellationToken).Others[0].Turn;
        Assert.Equal((first.PromptIds.Length, first.Answer), (again.PromptIds.Length, again.Answer));
        Assert.Equal(first.PromptIds.Length - 1, again.ReusedTokens);
        Assert.Contains("there is no turn 3", test.Refused("/replay 3"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("together ")]
    public void Two_pipelines_answer_and_are_compared_by_token_quality_speed_compute_and_memory(string how)
    {
        using TestSession test = new();
        test.Enter($"/ab {how}cache.format=f32,bf16");
        Turn turn = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Equal(["cache.format=f32", "cache.format=bf16"], test.Events.OfType<TurnFinished>().Select(finished => finished.Turn.Variant));
        AnswerComparison comparison = Assert.Single(test.Events.OfType<AnswersCompared>()).Comparison;
        ComparedAnswer other = Assert.Single(comparison.Others);
        Assert.Equal(0, comparison.Reference.Quality!.Divergence);
        Assert.InRange(other.Quality!.Divergence!.Value, 0, 0.1);
        Assert.Equal(8, other.Quality.Tokens);
        Assert.True(other.MemoryBytes < comparison.Reference.MemoryBytes);
        Assert.Equal([turn], test.Session.Conversation.Turns);
        test.Enter("/ab off");
        Assert.Null(test.Session.Ask("And then?", TestContext.Current.CancellationToken).Variant);
    }

    [Fact]
    public void A_comparison_that_cannot_be_built_leaves_the_session_as_it_was()
    {
        using TestSession test = new();
        Assert.Contains("q9", test.Refused("/ab cache.format=f32,q9"), StringComparison.Ordinal);
        Assert.Empty(test.Session.Variants);
        Assert.NotEmpty(test.Session.Ask("Once", TestContext.Current.CancellationToken).Tokens);
    }

    [Fact]
    public void Differences_are_the_shortest_way_from_one_answer_to_the_other()
    {
        TurnToken[] before = Tokens("the cat sat on the mat"), after = Tokens("the dog sat on a mat");
        Assert.Equal(2, TokenDifference.First(before, after));
        Assert.Null(TokenDifference.First(before, before));
        Assert.Equal("the [-cat -]{+dog +}sat on [-the -]{+a +}mat ", ComparisonText.Marked(TokenDifference.Between(before, after)));
        Assert.Equal("[-the cat sat on the mat -]", ComparisonText.Marked(TokenDifference.Between(before, [])));
    }

    [Fact]
    public void Why_shows_probability_alternatives_and_cost_of_each_token_and_they_sum_up_to_the_bill()
    {
        using TestSession test = new();
        Turn turn = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Events.Clear();
        string said = test.Enter("/why");
        Assert.Equal(turn.Tokens.Count + 1, said.Split('\n').Length);
        Assert.Contains("%", said, StringComparison.Ordinal);
        Assert.Equal(turn.Receipt!.ComputeUnits, turn.Tokens.Sum(token => token.ComputeUnits));
        Assert.All(turn.Tokens, token => Assert.Equal(token.Top[0].LogProbability, token.LogProbability));
    }

    [Fact]
    public void A_budget_ends_the_answer_with_one_sentence_and_once_is_for_one_answer()
    {
        using TestSession test = new();
        // The prompt is read already when it is asked again: the budget is for a part of the answer.
        Turn whole = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/undo");
        test.Enter(FormattableString.Invariant($"/budget {whole.Tokens.Skip(1).Sum(token => token.ComputeUnits) * 0.7m}cu once"));
        Turn turn = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Equal(FinishReason.Budget, turn.Finish);
        Assert.Contains("the budget of", turn.Ending, StringComparison.Ordinal);
        Assert.Contains("/budget off", turn.Ending, StringComparison.Ordinal);
        Assert.Null(test.Session.Settings.Budget);
        Assert.Equal(FinishReason.Length, test.Session.Ask("And then?", TestContext.Current.CancellationToken).Finish);
    }

    [Fact]
    public void Budget_effort_and_prices_say_what_is_expected()
    {
        using TestSession test = new();
        Assert.Contains("250cu", test.Refused("/budget much"), StringComparison.Ordinal);
        test.Events.Clear();
        Assert.Contains("/price FILE", test.Refused("/budget 1eur"), StringComparison.Ordinal);
        test.Events.Clear();
        Assert.Contains("0 to 1", test.Refused("/effort 2"), StringComparison.Ordinal);
        test.Events.Clear();
        Assert.Contains("nowhere.json", test.Refused("/price nowhere.json"), StringComparison.Ordinal);
        test.Events.Clear();
        test.Enter("/budget 0.000001cu");
        test.Events.Clear();
        Assert.Contains("Raise the budget (/budget)", test.Refused("Once"), StringComparison.Ordinal);
        test.Events.Clear();
        test.Enter("/budget off");
        test.Enter("/effort 0.4");
        Assert.Equal(0.4f, test.Session.Settings.Effort);
        Assert.Equal("Effort 0.4.", test.Enter("/effort"));
        test.Events.Clear();
        Assert.Contains("expected latency, compute, fixed or off", test.Refused("/prefer speed"), StringComparison.Ordinal);
        test.Events.Clear();
        Assert.Equal("Lengths of drafts are chosen for: compute.", test.Enter("/prefer compute"));
        Assert.Equal(DraftPreference.Compute, test.Session.Settings.Prefer);
    }

    private static TurnToken[] Tokens(string text) => [.. text.Split(' ').Select((word, i) => new TurnToken(i, word + " ", null, [], TimeSpan.Zero))];
}
