namespace Spud.Host.Tests.Cli;

public sealed class LineEditorTests
{
    private const string PasteBegins = "\u001b[200~", PasteEnds = "\u001b[201~";

    [Theory]
    [InlineData("hello\r", "hello")]
    [InlineData("helo\blo\r", "hello")]
    [InlineData("a👍🏽\b\u007fb\r", "b")]
    [InlineData("e\u0301x\b\b!\r", "!")]
    [InlineData("all of it\u0015rest\r", "rest")]
    [InlineData("\b\b\r", "")]
    [InlineData("le\u001b[Dft\u001b[A\u001bOP\r", "left")]
    [InlineData("a\tb\u0001\r", "a\tb")]
    public void Whole_graphemes_are_deleted_and_escape_sequences_are_no_text(string typed, string message) => Assert.Equal(message, Type(typed).Message);

    [Theory]
    [InlineData(PasteBegins + "one\rtwo\n\rthree\r" + PasteEnds + "\r")]
    public void A_paste_of_several_lines_is_one_message(string typed) => Assert.Equal("one\ntwo\n\nthree\n", Type(typed).Message);

    [Fact]
    public void Lines_that_follow_at_once_are_a_paste_too()
    {
        (string? message, string screen) = Type("one\rtwo\r", isBurst: true);
        Assert.Equal("one\ntwo", message);
        Assert.Contains("two", screen);
    }

    [Fact]
    public void Nothing_that_is_typed_reaches_the_screen_as_an_escape_sequence()
    {
        string screen = Type("\u001b[2J\u009b2J\u202e\r").Screen;
        Assert.DoesNotContain("\u001b[2J", screen);
        Assert.DoesNotContain('\u009b', screen);
        Assert.DoesNotContain('\u202e', screen);
    }

    [Fact]
    public void Control_d_ends_the_input_on_an_empty_line_only()
    {
        Assert.Null(Type("\u0004").Message);
        Assert.Equal("ab", Type("a\u0004b\r").Message);
    }

    [Fact]
    public void What_was_typed_before_an_interrupt_is_dropped()
    {
        Queue<char> keys = new("old-new\r");
        LineEditor? editor = null;
        editor = new(
            () =>
            {
                char next = keys.Dequeue();
                if (next == '-')
                {
                    editor!.Drop();
                    next = keys.Dequeue();
                }

                return Key(next);
            },
            () => false, () => 80, TextWriter.Null);
        Assert.Equal("new", editor.Read("> "));
    }

    private static (string? Message, string Screen) Type(string typed, bool isBurst = false)
    {
        Queue<char> keys = new(typed);
        StringWriter screen = new();
        LineEditor editor = new(() => Key(keys.Dequeue()), () => keys.Count > 0 && (isBurst || IsSequence(typed, typed.Length - keys.Count)), () => 80, screen);
        return (editor.Read("> "), screen.ToString());
    }

    // Of what a person types, only the rest of an escape sequence follows at once.
    private static bool IsSequence(string typed, int at)
    {
        int escape = typed.LastIndexOf('\u001b', at - 1);
        return escape >= 0 && at - escape <= 5 && !typed[escape..at].Skip(2).Any(c => c is >= '@' and <= '~');
    }

    private static ConsoleKeyInfo Key(char c) => new(c, c is '\r' ? ConsoleKey.Enter : c is '\b' ? ConsoleKey.Backspace : 0, false, false, false);
}
