using Spud.Host.Repl;
using Spud.Host.Repl.Screen;
using Terminal.Gui.Input;

namespace Spud.Host.Tests.Repl.Screen;

[Collection("screen")]
public sealed class TranscriptTests
{
    private static readonly string s_answer = string.Join("\n\n", Enumerable.Repeat("A **paragraph** of an answer that is long enough to take more than one row of the screen, with `code`.", 5));

    [Fact]
    public void A_conversation_of_2_000_turns_opens_within_a_second_and_scrolls_quickly()
    {
        using ScreenFixture fixture = new(120, 40);
        Conversation conversation = new();
        for (int i = 1; i <= 2_000; i++)
            conversation.Add(Said.Turn(i, $"Question {i}?", s_answer));

        // The first one of a process pays for compiling the code.
        fixture.Happen(new ConversationChanged(conversation));
        QuickTime.Require(TimeSpan.FromSeconds(1), "opening", () => fixture.Happen(new ConversationChanged(conversation)));
        Assert.Contains("Question 2000?", fixture.Text);
        QuickTime.Require(TimeSpan.FromSeconds(1), "10 pages", () =>
        {
            for (int i = 0; i < 10; i++)
                fixture.Press(Key.PageUp);
        });
    }

    [Fact]
    public void It_follows_the_end_until_the_reader_scrolls_up_and_again_when_he_is_back()
    {
        using ScreenFixture fixture = new(80, 24);
        for (int i = 1; i <= 20; i++)
            fixture.Happen(Said.Whole(Said.Turn(i, $"Question {i}?", "Answer.")));

        fixture.Wheel(MouseFlags.WheeledUp, 5, 5);
        string scrolled = Conversation(fixture);
        Assert.Contains("more below", fixture.Text);
        fixture.Happen(Said.Whole(Said.Turn(21, "Question 21?", "Answer.")));
        Assert.Equal(scrolled, Conversation(fixture));

        fixture.Press(Key.End.WithCtrl);
        Assert.Contains("Question 21?", fixture.Text);
        fixture.Happen(Said.Whole(Said.Turn(22, "Question 22?", "Answer.")));
        Assert.Contains("Question 22?", fixture.Text);
    }

    [Fact]
    public void Text_that_is_appended_piece_by_piece_looks_like_text_that_comes_at_once()
    {
        string text = string.Concat(Enumerable.Repeat("日本語 mixed with words 👩‍👩‍👧 and a\nbreak ", 30));
        TranscriptBuffer pieces = new(), whole = new();
        Entry entry = pieces.Add(EntryKind.Answer, "", isFinished: false);
        for (int i = 0; i < text.Length; i += 3)
            pieces.Append(entry, text.Substring(i, Math.Min(3, text.Length - i)));

        whole.Add(EntryKind.Answer, text, isFinished: false);
        Assert.Equal(whole.Rows.Select(row => row.Text), pieces.Rows.Select(row => row.Text));
    }

    [Fact]
    public void Appending_keeps_the_rows_that_are_settled()
    {
        TranscriptBuffer buffer = new();
        Entry entry = buffer.Add(EntryKind.Answer, string.Concat(Enumerable.Repeat("A line of text.\n", 5_000)), isFinished: false);
        Line first = buffer.Rows[4_000];
        buffer.Append(entry, "more");
        Assert.Same(first, buffer.Rows[4_000]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(33)]
    public void No_row_is_wider_than_the_screen_and_no_text_is_lost(int columns)
    {
        const string Text = "Wide 漢字かな and joined 👩‍👩‍👧‍👦 e\u0301 averyveryverylongwordthatfitsnowhere end";
        List<Line> rows = Wrapping.Wrap([Paragraph.Of(Text)], columns);
        Assert.All(rows, row => Assert.True(row.Columns <= columns, row.Text));
        Assert.Equal(Text.Replace(" ", ""), string.Concat(rows.Select(row => row.Text)).Replace(" ", ""));
    }

    [Fact]
    public void Resizing_keeps_the_entry_at_the_top()
    {
        using ScreenFixture fixture = new(90, 24);
        for (int i = 1; i <= 40; i++)
            fixture.Happen(Said.Whole(Said.Turn(i, $"Question {i}?", s_answer)));

        for (int i = 0; i < 10; i++)
            fixture.Press(Key.PageUp);

        string top = fixture.Text.Split('\n').First(row => row.Contains("Question"));
        fixture.Resize(60, 24);
        Assert.Contains(top.Trim().TrimEnd('┃').Trim(), fixture.Text);
    }

    [Fact]
    public void Markdown_is_drawn_as_what_it_means()
    {
        List<Line> rows = Wrapping.Wrap(MarkdownText.Paragraphs("# Title\n\nText *soft* **hard** `code`\nsecond line\n\n1. one\n2. two\n   - inner\n\n> quote\n\n```csharp\nint x = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"), 40);
        Assert.Equal(
            ["Title", "", "Text soft hard code", "second line", "", "1. one", "2. two", "   • inner", "", "│ quote", "", "▏ int x = 1;", "", "a  b", "─  ─", "1  2"],
            rows.Select(row => row.Text.TrimEnd()));
    }

    private static string Conversation(ScreenFixture fixture) => string.Join('\n', fixture.Text.Split('\n').Skip(1).Take(18).Select(row => row.TrimEnd('┃', ' ')));
}
