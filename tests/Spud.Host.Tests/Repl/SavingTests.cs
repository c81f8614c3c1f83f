using System.Text.Json;
using Microsoft.Data.Sqlite;
using Spud.Host.Repl;
using Spud.Host.Repl.Storage;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Repl;

public sealed class SavingTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private string Store => _temp.File("spud/conversations.db");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void What_was_said_is_found_again_with_ids_probabilities_pipeline_and_receipt()
    {
        Turn asked;
        using (TestSession before = Open())
        {
            before.Session.SetSystem("Be brief.");
            before.Session.Ask("Once", TestContext.Current.CancellationToken);
            asked = before.Session.Ask("And \u001b[31mthen 日本?", TestContext.Current.CancellationToken);
            Assert.Contains("Saved as 'tale'", before.Enter("/save tale"), StringComparison.Ordinal);
        }

        using TestSession after = Open();
        Assert.Equal(["/load tale"], Host.Repl.Commands.CommandCompletion.Of(after.Session, "/load t"));
        after.Enter("/load tale");
        Assert.Equal("Be brief.", after.Session.Conversation.System);
        Turn loaded = after.Session.Conversation.Turns[1];
        Assert.Equal(
            (asked.Question, asked.Answer, asked.Finish, asked.Seed, asked.PromptTokens, asked.ReusedTokens, asked.GeneratedTokens, asked.Pipeline.Json, asked.Asked),
            (loaded.Question, loaded.Answer, loaded.Finish, loaded.Seed, loaded.PromptTokens, loaded.ReusedTokens, loaded.GeneratedTokens, loaded.Pipeline.Json, loaded.Asked));
        Assert.Equal(asked.PromptIds, loaded.PromptIds);
        Assert.Equal(asked.Tokens.Select(token => (token.Id, token.Text, token.LogProbability)), loaded.Tokens.Select(token => (token.Id, token.Text, token.LogProbability)));
        Assert.Equal(asked.Tokens.Select(Likely), loaded.Tokens.Select(Likely));
        Assert.Equal(JsonSerializer.Serialize(asked.Receipt, Metering.ReceiptJson.Default.Receipt), JsonSerializer.Serialize(loaded.Receipt, Metering.ReceiptJson.Default.Receipt));
        Assert.Equal(3, after.Session.Ask("Go on", TestContext.Current.CancellationToken).Number);
    }

    [Fact]
    public void A_loaded_conversation_says_what_the_next_turn_reads_and_what_that_costs()
    {
        using (TestSession before = Open())
        {
            before.Session.Ask("Once", TestContext.Current.CancellationToken);
            before.Enter("/save tale");
        }

        using TestSession after = Open();
        string said = after.Enter("/load tale");
        Assert.Matches(@"The next turn reads \d+ tokens of the conversation \(about [0-9.]+ CU, [0-9.]+ s\)", said);
        Turn next = after.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.Equal(0, next.ReusedTokens);
        Assert.DoesNotContain("reads", after.Enter("/load tale"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_turn_of_an_earlier_session_is_compared_with_the_pipeline_that_answered_it()
    {
        using (TestSession before = Open())
        {
            before.Enter("/set cache.format=bf16");
            before.Session.Ask("Once", TestContext.Current.CancellationToken);
            before.Enter("/save tale");
        }

        using TestSession after = Open();
        after.Enter("/load tale");
        Host.Repl.Comparison.AnswerComparison comparison = after.Session.Replay(1, TestContext.Current.CancellationToken);
        Assert.InRange(Assert.Single(comparison.Others).Quality!.Divergence!.Value, 1e-12, 0.1);
    }

    [Fact]
    public void A_file_of_the_first_version_is_taken_on()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Store)!);
        using (TestSession before = Open())
            before.Session.Ask("Once", TestContext.Current.CancellationToken);
        using (SqliteConnection other = new($"Data Source={Store};Pooling=False"))
        {
            other.Open();
            using SqliteCommand earlier = new("ALTER TABLE pipeline DROP COLUMN source; PRAGMA user_version = 1", other);
            earlier.ExecuteNonQuery();
        }

        using TestSession test = Open();
        Assert.DoesNotContain(test.Events, what => what is Notice);
        test.Enter("/load 1");
        test.Enter("/set cache.format=bf16");
        Assert.Null(test.Session.Replay(1, TestContext.Current.CancellationToken).Others[0].Quality!.Divergence);
        Assert.Contains("KL is left out: turn 1 was saved by a version of Spud that did not record", test.Said(), StringComparison.Ordinal);
        Assert.Equal(2, test.Session.Ask("And then?", TestContext.Current.CancellationToken).Number);
    }

    [Fact]
    public void A_question_is_in_the_file_while_it_is_answered()
    {
        List<string> seen = [];
        using TestSession test = Open();
        test.OnEvent = what =>
        {
            if (what is TokenArrived && seen.Count == 0)
            {
                using ConversationStore other = ConversationStore.Open(Store, create: false, static _ => { });
                seen.AddRange(other.Load(other.List().Single().Id).Turns.Select(turn => turn.Question));
            }
        };
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Equal(["Once"], seen);
    }

    [Fact]
    public void Turns_that_were_taken_back_are_not_loaded_and_a_branch_is_a_conversation_of_its_own()
    {
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        test.Enter("/retry");
        test.Enter("/branch 1");
        test.Session.Ask("What else?", TestContext.Current.CancellationToken);
        test.Enter("/undo");
        test.Session.Ask("At last?", TestContext.Current.CancellationToken);
        ConversationStore store = test.Session.Saved();
        Assert.Equal([["Once", "At last?"], ["Once", "And then?"]], store.List().Select(entry => store.Load(entry.Id).Turns.Select(turn => turn.Question)));
        Assert.Contains("Once", test.Enter("/search at LAST"), StringComparison.Ordinal);
        Assert.Equal("no conversations.", test.Enter("/search nothing of the kind"));
    }

    [Fact]
    public void An_edit_that_fails_leaves_the_saved_conversation_as_it_was()
    {
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        test.Refused($"/edit 1 {new string('x', 100_000)}");
        ConversationStore store = test.Session.Saved();
        Assert.Equal(["Once", "And then?"], store.Load(Assert.Single(store.List()).Id).Turns.Select(turn => turn.Question));
    }

    [Fact]
    public void A_locked_file_is_told_once_and_everything_is_saved_when_it_is_free()
    {
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Events.Clear();
        using (SqliteConnection other = new($"Data Source={Store};Pooling=False"))
        {
            other.Open();
            using SqliteCommand locks = new("BEGIN EXCLUSIVE", other);
            locks.ExecuteNonQuery();
            test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        }

        Assert.Contains("locked by another program", Assert.Single(test.Events.OfType<Notice>()).Text, StringComparison.Ordinal);
        test.Session.Ask("At last?", TestContext.Current.CancellationToken);
        ConversationStore store = test.Session.Saved();
        Assert.Equal(["Once", "And then?", "At last?"], store.Load(Assert.Single(store.List()).Id).Turns.Select(turn => turn.Question));
    }

    [Theory]
    [InlineData("this is no database, however long it is, and it is long enough to have a header of one hundred bytes, which it has")]
    [InlineData("SQLite format 3\0 and then nothing")]
    public void A_damaged_file_is_kept_aside_and_a_new_one_begun(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Store)!);
        File.WriteAllText(Store, content);
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Contains("is damaged. It was renamed to", Assert.Single(test.Events.OfType<Notice>()).Text, StringComparison.Ordinal);
        string aside = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Store)!, "*.damaged-*"));
        Assert.Equal(content, File.ReadAllText(aside));
        Assert.Single(test.Session.Saved().List());
    }

    [Theory]
    [InlineData("PRAGMA application_id = 1399879012; PRAGMA user_version = 3; CREATE TABLE later(x)", "newer version of Spud")]
    [InlineData("CREATE TABLE somebody(x)", "not a file of Spud's conversations")]
    public void A_file_of_a_newer_version_or_another_program_is_left_alone_and_the_conversation_goes_on(string sql, string reason)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Store)!);
        using (SqliteConnection other = new($"Data Source={Store};Pooling=False"))
        {
            other.Open();
            using SqliteCommand make = new(sql, other);
            make.ExecuteNonQuery();
        }

        byte[] before = File.ReadAllBytes(Store);
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.Contains(reason, Assert.Single(test.Events.OfType<Notice>()).Text, StringComparison.Ordinal);
        Assert.Equal(2, test.Session.Conversation.Turns.Count);
        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_once_and_the_conversation_goes_on()
    {
        File.WriteAllText(_temp.File("spud"), "a file where the folder would be");
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.Contains("is not saved", Assert.Single(test.Events.OfType<Notice>()).Text, StringComparison.Ordinal);
        Assert.Equal(2, test.Session.Conversation.Turns.Count);
    }

    [Theory]
    [InlineData(13, "the disk is full", true)]
    [InlineData(10, "ulimit -f", true)]
    [InlineData(8, "Make the file and its folder writable", false)]
    [InlineData(11, "is damaged", false)]
    public void What_the_database_says_becomes_one_sentence_with_what_to_do(int code, string expected, bool passing)
    {
        StoreException told = ConversationDatabase.Explain("x.db", new SqliteException("", code));
        Assert.Contains(expected, told.Message, StringComparison.Ordinal);
        Assert.Equal(passing, told.IsPassing);
    }

    [Fact]
    public void The_file_is_for_its_user_alone()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs POSIX file modes");

        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Store));
    }

    [Fact]
    public void Nothing_is_saved_where_nobody_wants_it()
    {
        using (TestSession silent = new(setup => setup with { Store = null }))
        {
            silent.Session.Ask("Once", TestContext.Current.CancellationToken);
            Assert.Contains("--no-save", silent.Refused("/save tale"), StringComparison.Ordinal);
        }

        using TestSession script = new(setup => setup with { Store = Store, Saves = false });
        script.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.False(File.Exists(Store));
        script.Enter("/save tale");
        Assert.Equal("tale", Assert.Single(script.Session.Saved().List()).Name);
    }

    [Fact]
    public void A_name_is_taken_once_and_a_wrong_one_is_answered_with_the_nearest()
    {
        using TestSession test = Open();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/save tale");
        test.Enter("/clear");
        Assert.Contains("has the name 'tale' already", test.Refused("/save tale"), StringComparison.Ordinal);
        test.Events.Clear();
        Assert.Contains("Did you mean 'tale'?", test.Refused("/load tele"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_conversation_of_two_thousand_turns_opens_in_under_a_second()
    {
        FrozenPipeline pipeline = new("0123", "model.gguf: cpu", "{}");
        Conversation conversation = new() { Name = "long" };
        int[] ids = [1];
        for (int number = 1; number <= 2_000; number++)
        {
            Turn turn = new() { Number = number, Question = $"Question {number}?", Pipeline = pipeline, PromptIds = [.. ids, number], Answer = new string('x', 400) };
            for (int i = 0; i < 20; i++)
                turn.Add(new(i, "x", -1, [], TimeSpan.Zero));

            conversation.Add(turn);
        }

        using ConversationStore store = ConversationStore.Open(Store, create: true, static _ => { });
        store.Save(conversation);
        Conversation loaded = conversation;
        QuickTime.Require(TimeSpan.FromSeconds(1), "opening", () => loaded = store.Load(store.Find("long")!.Value));
        Assert.Equal(2_000, loaded.Turns.Count);
        Assert.Equal(20, loaded.Turns[^1].Tokens.Count);
    }

    [Fact]
    public void The_command_line_lists_shows_exports_and_deletes()
    {
        using (TestSession test = new(setup => setup with { Store = DataFolder.Conversations() }))
        {
            test.Session.Ask("Once <b> \u001b[31m", TestContext.Current.CancellationToken);
            test.Enter("/save cli");
        }

        Assert.Contains("Once <b>", Spoken.Of("conversations", "list").Out, StringComparison.Ordinal);
        string plain = Spoken.Of("conversations", "show", "cli").Out;
        Assert.DoesNotContain('\u001b', plain);
        Assert.Contains("\\u001b[31m", plain, StringComparison.Ordinal);
        using JsonDocument shown = JsonDocument.Parse(Spoken.Of("conversations", "show", "cli", "--json").Out);
        Assert.Equal("Once <b> \u001b[31m", shown.RootElement.GetProperty("turns")[0].GetProperty("question").GetString());
        Assert.Equal(8, shown.RootElement.GetProperty("turns")[0].GetProperty("tokens").GetArrayLength());
        foreach (string form in new[] { "talk.md", "talk.html", "talk.json" })
            Assert.Equal(0, Spoken.Of("conversations", "export", "cli", _temp.File(form)).ExitCode);

        Assert.Contains("&lt;b&gt;", File.ReadAllText(_temp.File("talk.html")), StringComparison.Ordinal);
        Assert.Contains("> Once <b>", File.ReadAllText(_temp.File("talk.md")), StringComparison.Ordinal);
        Assert.Contains(".md, .html, .json", Spoken.Of("conversations", "export", "cli", _temp.File("talk.txt")).Error, StringComparison.Ordinal);
        Assert.Equal(0, Spoken.Of("conversations", "delete", "cli").ExitCode);
        Assert.Equal(2, Spoken.Of("conversations", "show", "cli").ExitCode);
    }

    [Fact]
    public void Why_knows_alternatives_and_experts_of_answers_that_were_loaded()
    {
        string before;
        using (TestSession test = Mixture())
        {
            test.Session.Ask("Once", TestContext.Current.CancellationToken);
            before = Shown(test);
            test.Enter("/save mixture");
        }

        using TestSession after = Mixture();
        after.Enter("/load mixture");
        Assert.Equal(before, Shown(after));

        TestSession Mixture() => new(setup => setup with { Store = Store, Source = PipelineSource.Default.With($"model=\"{TestData.Path("families/qwen3moe.gguf")}\"", "test") });

        // Of less likely alternatives nothing is kept.
        static string Shown(TestSession test)
        {
            test.Events.Clear();
            Turn turn = test.Session.Conversation.Turns[0];
            Assert.Contains("experts", test.Enter("/why"), StringComparison.Ordinal);
            return string.Join('\n', turn.Tokens.Select(token => $"{Likely(token)} {string.Join(',', token.Experts)}"));
        }
    }

    private static string Likely(TurnToken token) =>
        string.Join(' ', token.Top.Where(other => other.LogProbability >= -7).Select(other => FormattableString.Invariant($"{other.Id} {other.Text} {Math.Round(other.LogProbability, 4)}")));

    private TestSession Open() => new(setup => setup with { Store = Store });
}
