using Spud.Generation;
using Spud.Host.Repl;
using Spud.Host.Tests.Cli;
using Spud.Plugins;

namespace Spud.Host.Tests.Repl;

public sealed class SessionTests
{
    [Fact]
    public void A_question_is_answered_token_by_token_and_kept_with_its_ids_pipeline_and_receipt()
    {
        using TestSession test = new();
        Assert.True(test.Session.Enter("Once upon a time", TestContext.Current.CancellationToken));
        Turn turn = Assert.Single(test.Session.Conversation.Turns);
        Assert.Equal(["TurnStarted", "TurnFinished"], test.Events.Where(what => what is not (AnswerText or TokenArrived)).Select(what => what.GetType().Name));
        Assert.Equal(8, test.Events.OfType<TokenArrived>().Count());
        Assert.Equal(turn.Answer, string.Concat(test.Events.OfType<AnswerText>().Select(text => text.Text)));
        Assert.Equal(FinishReason.Length, turn.Finish);
        Assert.All(turn.Tokens, token => Assert.Equal(5, token.Top.Length));
        Assert.NotEmpty(turn.PromptIds);
        Assert.Equal(turn.Receipt!.ComputeUnits, test.Events.OfType<TokenArrived>().Last().Meter.ComputeUnits);
        Assert.Contains("cpu", turn.Pipeline.Summary, StringComparison.Ordinal);
        Assert.StartsWith("{", turn.Pipeline.Json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_question_reads_only_what_is_new()
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken), second = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.True(second.ReusedTokens >= first.PromptIds.Length);
    }

    [Fact]
    public void A_pipeline_that_cannot_be_built_leaves_the_old_one_at_work_and_shows_every_fault()
    {
        using TestSession test = new();
        string said = test.Refused("/use cache plain format=q9 nonsense=1");
        Assert.Contains("q9", said, StringComparison.Ordinal);
        Assert.Contains("nonsense", said, StringComparison.Ordinal);
        Assert.DoesNotContain(test.Events, what => what is PipelineChanged);
        Assert.NotEmpty(test.Session.Ask("Once", TestContext.Current.CancellationToken).Tokens);
    }

    [Fact]
    public void The_next_turn_runs_on_the_new_pipeline_with_the_conversation_kept()
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.True(test.Session.Enter("/set cache.format=f32", TestContext.Current.CancellationToken), test.Said());
        Turn second = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.Equal(2, second.Number);
        Assert.NotEqual(second.Pipeline.Id, test.Session.Conversation.Turns[0].Pipeline.Id);
    }

    [Fact]
    public void A_cancelled_answer_stays_and_the_next_question_is_answered()
    {
        using CancellationTokenSource stop = new();
        using TestSession test = new(setup => setup with { Settings = setup.Settings with { MaxTokens = 400, Sampling = new() { Temperature = 1, Seed = 1 } } });
        stop.Cancel();
        Turn turn = test.Session.Ask("Once", stop.Token);
        Assert.Equal(FinishReason.Cancelled, turn.Finish);
        Assert.NotEmpty(test.Session.Ask("Once", TestContext.Current.CancellationToken).Tokens);
    }

    [Fact]
    public void A_worker_enters_lines_in_order_and_stops_what_runs()
    {
        using ManualResetEventSlim ended = new();
        using PluginCatalog plugins = PluginCatalog.Discover([Spoken.PluginFolder], PluginArguments.CatalogOptions);
        using Session session = new(new() { Plugins = plugins, Source = TestSession.Stories, Threads = 1 }, what =>
        {
            if (what is SessionEnded)
                ended.Set();
        });
        using SessionWorker worker = new(session);
        worker.Post("/help");
        worker.Post("/bye");
        Assert.True(ended.Wait(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Trial_answers_are_not_seen_leave_nothing_and_change_no_answer()
    {
        using TestSession test = new(), other = new();
        List<SessionEvent> trial = [];
        test.Session.WarmUp(trial.Add, TestContext.Current.CancellationToken);
        Assert.NotEmpty(trial.OfType<AnswerText>());
        Assert.All(trial.OfType<TurnFinished>(), finished => Assert.Null(finished.Turn.Fault));
        Assert.Empty(test.Events);
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken), same = other.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (first.Number, first.ReusedTokens));
        Assert.Equal(same.Tokens.Select(token => (token.Id, token.LogProbability)), first.Tokens.Select(token => (token.Id, token.LogProbability)));
        trial.Clear();
        test.Session.WarmUp(trial.Add, TestContext.Current.CancellationToken);
        Assert.Empty(trial);
    }

    [Fact]
    public void Trial_answers_end_when_a_line_is_entered()
    {
        using CancellationTokenSource entered = new();
        using TestSession test = new();
        int tokens = 0;
        test.Session.WarmUp(Count, entered.Token);
        Assert.Equal(3, tokens);
        Assert.Empty(test.Events);

        void Count(SessionEvent what)
        {
            if (what is TokenArrived && ++tokens == 3)
                entered.Cancel();
            else if (what is TurnFinished { Turn: { } turn })
                tokens = Math.Min(tokens, 3) + (turn.Finish == FinishReason.Cancelled ? 0 : 100);
        }
    }

    [Fact]
    public void An_unknown_command_names_the_nearest_and_a_path_is_a_message()
    {
        using TestSession test = new();
        Assert.Contains("Did you mean /clear?", test.Refused("/claer"), StringComparison.Ordinal);
        Assert.Null(Host.Repl.Commands.CommandLineText.Parse("/usr/bin is where?"));
        Assert.Equal("/claer", Host.Repl.Commands.CommandLineText.Message("//claer"));
    }
}
