using Spud.Host.Repl;
using Spud.Host.Repl.Storage;

namespace Spud.Host.Tests.Repl;

/// <summary>Keys and values of saved conversations, in files.</summary>
public sealed class SavedPagesTests : IDisposable
{
    private static readonly string s_question = string.Concat(Enumerable.Repeat("Once upon a time there was a girl. ", 20));

    private readonly TempFolder _temp = new();

    private string Pages => _temp.File("spud/pages");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_conversation_that_is_loaded_in_a_later_session_goes_on_without_being_read_again()
    {
        Turn first = Saved();
        using TestSession other = Open(pages: false), test = Open();
        string said = test.Enter("/load tale");
        Assert.Matches(@"The keys and values of \d+ tokens were read from a file", said);
        Assert.DoesNotContain("next turn reads", said, StringComparison.Ordinal);
        other.Enter("/load tale");
        Turn second = test.Session.Ask("And then?", TestContext.Current.CancellationToken), computed = other.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.True(second.ReusedTokens >= first.PromptTokens);
        Assert.Equal(0, computed.ReusedTokens);
        Assert.Equal(computed.Tokens.Select(token => (token.Id, token.LogProbability)), second.Tokens.Select(token => (token.Id, token.LogProbability)));
    }

    [Fact]
    public void It_is_saved_when_it_is_left_and_taken_back_when_one_returns_to_it()
    {
        Saved();
        using TestSession test = Open();
        test.Enter("/load tale");
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        test.Enter("/clear");
        test.Session.Ask(s_question + "?", TestContext.Current.CancellationToken);
        test.Enter("/save other");
        Assert.Contains("were read from a file", test.Enter("/load tale"), StringComparison.Ordinal);
        Assert.Contains("were read from a file", test.Enter("/load other"), StringComparison.Ordinal);
        Assert.True(test.Session.Ask("And on?", TestContext.Current.CancellationToken).ReusedTokens > SavedPages.MinTokens);
    }

    [Theory]
    [InlineData("/set cache.format=bf16", "it was written with another cache")]
    [InlineData("damage", "its checksum does not match")]
    public void A_file_that_does_not_fit_or_is_damaged_is_not_used_and_the_reason_is_said_with_what_is_read(string what, string reason)
    {
        Saved();
        if (what == "damage")
        {
            string path = Assert.Single(Directory.GetFiles(Pages));
            byte[] bytes = File.ReadAllBytes(path);
            bytes[^1000] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        using TestSession test = Open();
        if (what != "damage")
            test.Enter(what);

        string said = test.Enter("/load tale");
        Assert.Contains($"The file of its keys and values is not used: {reason}", said, StringComparison.Ordinal);
        Assert.Contains("The next turn reads", said, StringComparison.Ordinal);
        Assert.Equal(0, test.Session.Ask("And then?", TestContext.Current.CancellationToken).ReusedTokens);
    }

    [Fact]
    public void A_file_of_another_text_is_deleted()
    {
        Saved();
        File.Move(Path.Combine(Pages, "1.keys"), Path.Combine(Pages, "2.keys"));
        using TestSession test = Open();
        test.Session.Ask("Something else entirely, and short.", TestContext.Current.CancellationToken);
        test.Enter("/save other");
        test.Enter("/clear");
        test.Session.Ask("And a third, so that the second is not in memory, which has to be long enough for that.", TestContext.Current.CancellationToken);
        string said = test.Enter("/load other");
        Assert.DoesNotContain("from a file", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Pages, "2.keys")));
    }

    [Fact]
    public void Files_that_were_not_used_for_longest_are_deleted_and_a_text_that_is_too_long_for_the_limit_is_not_written()
    {
        Saved();
        long bytes = new FileInfo(Assert.Single(Directory.GetFiles(Pages))).Length;
        File.SetLastWriteTimeUtc(Path.Combine(Pages, "1.keys"), DateTime.UtcNow.AddDays(-1));
        Saved("second", limit: bytes * 3 / 2);
        Assert.Equal("2.keys", Path.GetFileName(Assert.Single(Directory.GetFiles(Pages))));
        Saved("third", limit: bytes / 2);
        Assert.Equal("2.keys", Path.GetFileName(Assert.Single(Directory.GetFiles(Pages))));
    }

    [Fact]
    public void Files_are_their_users_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs POSIX permissions");
        if (OperatingSystem.IsWindows())
            return;

        Saved();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Pages));
    }

    [Fact]
    public void A_session_that_saves_nothing_and_a_short_conversation_leave_no_file()
    {
        using (TestSession test = Open(setup => setup with { Store = null, Pages = null }))
        {
            test.Session.Ask(s_question, TestContext.Current.CancellationToken);
            test.Enter("/clear");
        }

        using (TestSession test = Open())
            test.Session.Ask("Once", TestContext.Current.CancellationToken);

        Assert.False(Directory.Exists(Pages));
    }

    private Turn Saved(string name = "tale", long limit = long.MaxValue)
    {
        using TestSession test = Open(setup => setup with { PagesBytes = limit });
        Turn turn = test.Session.Ask(s_question, TestContext.Current.CancellationToken);
        test.Enter($"/save {name}");
        return turn;
    }

    private TestSession Open(bool pages) => Open(setup => pages ? setup : setup with { Pages = null });

    private TestSession Open(Func<SessionSetup, SessionSetup>? change = null) => new(setup =>
    {
        setup = setup with { Store = _temp.File("spud/conversations.db"), Pages = Pages };
        return change?.Invoke(setup) ?? setup;
    });
}
