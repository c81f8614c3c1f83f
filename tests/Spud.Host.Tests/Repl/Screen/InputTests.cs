using System.Diagnostics;
using Spud.Host.Repl.Screen;
using Terminal.Gui.Input;

namespace Spud.Host.Tests.Repl.Screen;

[Collection("screen")]
public sealed class InputTests
{
    [Fact]
    public void Enter_sends_what_was_typed_and_empties_the_message()
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Type("What is 2 + 2? 日本 👩‍👩‍👧");
        fixture.Press(Key.Enter);
        Assert.Equal(["What is 2 + 2? 日本 👩‍👩‍👧"], fixture.Entered);
        Assert.Contains("❯ Ask something", fixture.Text);
    }

    [Fact]
    public void A_backslash_AltEnter_and_a_block_of_quotes_begin_a_new_line_and_the_message_grows()
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Type("one\\");
        fixture.Press(Key.Enter);
        fixture.Type("two");
        fixture.Press(Key.Enter.WithAlt);
        fixture.Type("three");
        Assert.Contains("❯ one\n  two\n  three\n", fixture.Text);
        fixture.Press(Key.Enter);
        Assert.Equal("one\ntwo\nthree", fixture.Entered[^1]);

        fixture.Type("\"\"\"");
        fixture.Press(Key.Enter);
        fixture.Type("in a block");
        fixture.Press(Key.Enter);
        fixture.Type("\"\"\"");
        fixture.Press(Key.Enter);
        Assert.Equal("in a block", fixture.Entered[^1]);
    }

    [Theory]
    [InlineData("one two  three", "CursorLeft+Ctrl x", "one two  xthree")]
    [InlineData("one two", "Home Delete", "ne two")]
    [InlineData("one two", "W+Ctrl x", "one x")]
    [InlineData("one two", "CursorLeft+Ctrl K+Ctrl", "one ")]
    [InlineData("one two", "CursorLeft+Ctrl U+Ctrl", "two")]
    [InlineData("e\u0301👩‍👩‍👧", "Backspace Backspace x", "x")]
    [InlineData("ab", "CursorLeft CursorLeft CursorRight x", "axb")]
    public void Keys_move_and_delete_by_characters_words_and_lines(string typed, string keys, string expected)
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Type(typed);
        foreach (string key in keys.Split(' '))
        {
            if (key == "x")
                fixture.Type("x");
            else
                fixture.Press(KeyOf(key));
        }

        fixture.Press(Key.Enter);
        Assert.Equal(expected.Trim(), fixture.Entered[^1]);
    }

    [Fact]
    public void The_caret_stands_behind_wide_characters()
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Type("日本a");
        Assert.Equal(2 + 5, fixture.Caret!.Value.X);
        fixture.Press(Key.CursorLeft, Key.CursorLeft);
        Assert.Equal(2 + 2, fixture.Caret!.Value.X);
    }

    [Fact]
    public void Up_and_Down_go_through_earlier_messages_and_come_back_to_the_draft()
    {
        using ScreenFixture fixture = new(80, 24);
        foreach (string message in new[] { "first", "second" })
        {
            fixture.Type(message);
            fixture.Press(Key.Enter);
        }

        fixture.Type("draft");
        fixture.Press(Key.CursorUp, Key.CursorUp);
        Assert.Contains("❯ first", fixture.Text);
        fixture.Press(Key.CursorDown, Key.CursorDown);
        Assert.Contains("❯ draft", fixture.Text);
    }

    [Fact]
    public void CtrlR_finds_messages_of_earlier_runs_and_the_history_survives_a_line_that_was_cut_short()
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "data", "history.jsonl");
        new InputHistory(path).Add("a question about whales");
        new InputHistory(path).Add("two\nlines 日本");
        File.AppendAllText(path, "\"cut sho");

        InputHistory history = new(path);
        Assert.Equal(["a question about whales", "two\nlines 日本"], history.Entries);
        using ScreenFixture fixture = new(80, 24, history);
        fixture.Press(Key.R.WithCtrl);
        fixture.Type("WHALE");
        Assert.Contains("search: WHALE  → a question about whales", fixture.Text);
        fixture.Press(Key.Enter);
        Assert.Contains("❯ a question about whales", fixture.Text);
        Assert.Empty(fixture.Entered);
    }

    [Fact]
    public void The_history_is_for_its_user_alone_and_does_not_grow_for_ever()
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "history.jsonl");
        InputHistory history = new(path);
        for (int i = 0; i < 3_001; i++)
            history.Add($"message {i}");

        Assert.Equal(1_000, new InputHistory(path).Entries.Count);
        Assert.Equal(1_000, File.ReadAllLines(path).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_history_that_cannot_be_kept_is_said_once_and_the_message_is_sent()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        using ScreenFixture fixture = new(80, 24, new InputHistory(Path.Combine(file, "history.jsonl")));
        foreach (string message in new[] { "one", "two" })
        {
            fixture.Type(message);
            fixture.Press(Key.Enter);
        }

        Assert.Equal(["one", "two"], fixture.Entered);
        Assert.Equal(2, fixture.Text.Split("Messages are not remembered").Length);
    }

    [Fact]
    public void A_paste_of_a_megabyte_is_quick_is_shown_as_one_item_and_is_sent_whole()
    {
        using ScreenFixture fixture = new(80, 24);
        string pasted = string.Concat(Enumerable.Repeat("漢字 and some more words of a line\r\n", 30_000));
        Stopwatch watch = Stopwatch.StartNew();
        fixture.Type("Read this: ");
        fixture.Paste(pasted);
        fixture.Type("!");
        fixture.Press(Key.CursorLeft, Key.CursorLeft, Key.CursorRight, Key.CursorRight);
        fixture.Press(Key.Enter);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{watch.Elapsed}"); // with the square of the length it would take hours
        Assert.Equal($"Read this: {pasted.ReplaceLineEndings("\n")}!", fixture.Entered[0]);
    }

    [Fact]
    public void A_long_paste_is_named_and_deleted_as_one_character()
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Paste(string.Join('\n', Enumerable.Range(1, 40)));
        Assert.Contains("[pasted: 40 lines, 110 characters]", fixture.Text);
        fixture.Press(Key.Backspace);
        Assert.DoesNotContain("pasted", fixture.Text);
    }

    [Fact]
    public void Tab_completes_commands_and_lists_what_is_possible_with_what_it_does()
    {
        using ScreenFixture fixture = new(80, 24) { Completions = line => [.. new[] { "/model", "/model other.gguf", "/mode" }.Where(whole => whole.StartsWith(line, StringComparison.Ordinal))] };
        fixture.Type("/m");
        fixture.Press(Key.Tab);
        Assert.Contains("❯ /mode\n", fixture.Text);
        Assert.Contains("/model", fixture.Text);
        fixture.Press(Key.Tab);
        Assert.Contains("▸ /model", fixture.Text);
        Assert.Contains("❯ /model\n", fixture.Text);
        fixture.Press(Key.Esc);
        Assert.DoesNotContain("▸", fixture.Text);
    }

    [Fact]
    public void A_click_puts_the_caret_there()
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Type("日本 abc");
        fixture.Click(2 + 4, 22);
        fixture.Type("x");
        Assert.Contains("❯ 日本x abc", fixture.Text);
    }

    private static Key KeyOf(string name)
    {
        string[] parts = name.Split('+');
        Key key = parts[0].Length == 1 ? new Key((Terminal.Gui.Drivers.KeyCode)parts[0][0]) : new Key(Enum.Parse<Terminal.Gui.Drivers.KeyCode>(parts[0]));
        return parts.Length > 1 ? key.WithCtrl : key;
    }
}
