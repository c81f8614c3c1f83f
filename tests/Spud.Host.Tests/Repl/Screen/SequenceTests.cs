namespace Spud.Host.Tests.Repl.Screen;

/// <summary>What terminals send for keys and the mouse: the older sequences, and kitty's keyboard protocol with its releases.</summary>
[Collection("screen")]
public sealed class SequenceTests
{
    [Theory]
    [InlineData("aA ä漢")]
    [InlineData("\u001b[97;1:1;97u\u001b[97;1:3u\u001b[97:65;2:1;65u\u001b[97:65;2:3u\u001b[32;1:1;32u\u001b[228;1:1;228u\u001b[228;1:3u\u001b[0;1:1;28450u")]
    [InlineData("ax\u007fA ä漢")]
    [InlineData("aA\u001b[D\u001b[C ä漢")]
    [InlineData("aA\u001bOD\u001bOC ä漢")]
    [InlineData("A ä漢\u001b[H\u001b[1;1:3Ha")]
    [InlineData("aA ä漢 word\u0017\u007f")]
    [InlineData("aA ä漢 word\u001b[119;5u\u001b[119;5:3u\u001b[127u\u001b[127;1:3u")]
    [InlineData("aA \u001b[200~ä漢\u001b[201~")]
    [InlineData("aA ä漢 word\u001b\u007f\u007f")]
    public void A_message_is_typed(string sent)
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Send(sent);
        fixture.Send("\r");
        Assert.Equal(["aA ä漢"], fixture.Entered);
    }

    [Theory]
    [InlineData("\u001b\r")]
    [InlineData("\n")]
    [InlineData("\u001b[13;3u\u001b[13;3:3u")]
    [InlineData("\u001b[13;2u\u001b[13;2:3u")]
    public void A_new_line_is_begun(string sent)
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Send("one");
        fixture.Send(sent);
        fixture.Send("two\u001b[13u\u001b[13;1:3u");
        Assert.Equal(["one\ntwo"], fixture.Entered);
    }

    [Fact]
    public void Line_breaks_of_a_paste_stay_wherever_the_readings_end()
    {
        const string Sent = "\u001b[200~one\n\u001b\ntwo\r\nthree\u001b[201~\n";
        for (int first = 1; first < Sent.Length; first++)
        {
            Spud.Host.Repl.Screen.LegacyKeys keys = new();
            Assert.Equal($"{Sent[..^1]}\u001b[106;5u", keys.Rewrite(Sent.AsSpan(0, first)) + keys.Rewrite(Sent.AsSpan(first)));
        }
    }

    [Theory]
    [InlineData("\u001bOP")]
    [InlineData("\u001b[11~")]
    [InlineData("\u001b[P\u001b[1;1:3P")]
    [InlineData("\u001b[1;1:1P\u001b[1;1:3P")]
    public void F1_opens_the_page_of_keys_and_Escape_closes_it(string sent)
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Send(sent);
        Assert.Contains("Keys", fixture.Text);
        fixture.Send("\u001b[27u\u001b[27;1:3u");
        Assert.DoesNotContain("Keys", fixture.Text);
        Assert.False(fixture.Screen.StopRequested);
    }

    [Theory]
    [InlineData("\u0003")]
    [InlineData("\u001b[99;5u\u001b[99;5:3u")]
    public void CtrlC_twice_ends(string sent)
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Send(sent);
        Assert.Equal(0, fixture.Quits);
        fixture.Send(sent);
        Assert.Equal(1, fixture.Quits);
    }

    [Fact]
    public void The_mouse_chooses_tabs_places_the_caret_and_scrolls()
    {
        using ScreenFixture fixture = new(120, 30);
        for (int i = 1; i <= 20; i++)
            fixture.Happen(Said.Whole(Said.Turn(i, $"Question {i}?", "Answer.")));

        fixture.Send(Press(fixture.Text.Split('\n')[1].IndexOf("Plugins", StringComparison.Ordinal), 1));
        Assert.Contains("[Plugins]", fixture.Text);
        fixture.Send("abc");
        fixture.Send(Press(2 + 1, 28));
        fixture.Send("x");
        Assert.Contains("❯ axbc", fixture.Text);
        fixture.Send("\u001b[<64;10;10M");
        Assert.Contains("more below", fixture.Text);
        fixture.Send("\u001b[<65;10;10M");
        Assert.DoesNotContain("more below", fixture.Text);

        static string Press(int column, int row) => $"\u001b[<0;{column + 1};{row + 1}M\u001b[<0;{column + 1};{row + 1}m";
    }
}
