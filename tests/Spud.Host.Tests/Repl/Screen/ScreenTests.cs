using Spud.Generation;
using Spud.Host.Repl;
using Spud.Host.Tests.Cli;
using Spud.Host.Tests.Snapshots;
using Spud.Plugins;
using Spud.Text.ChatTemplates;
using Terminal.Gui.Input;

namespace Spud.Host.Tests.Repl.Screen;

[Collection("screen")]
public sealed class ScreenTests
{
    [Theory]
    [InlineData(40, 12)]
    [InlineData(60, 15)]
    [InlineData(100, 30)]
    [InlineData(200, 60)]
    [InlineData(300, 100)]
    public void A_conversation_at_several_sizes(int columns, int rows)
    {
        using ScreenFixture fixture = new(columns, rows);
        fixture.Happen(Said.Whole(Said.Turn(1, "What is the capital of France?", "The capital of France is **Paris**.", tokens: 8)));
        fixture.Happen(Said.Whole(Said.Turn(2, "日本の首都は？ 👩‍👩‍👧", "東京です。\n\n- 寿司\n- `code` and more words than one row of a narrow screen can hold", tokens: 20)));
        fixture.Happen(new Notice(NoticeKind.Information, "a  table\nof two  rows"), new Notice(NoticeKind.Error, "unknown command '/hlep'. Did you mean /help?"));
        TextSnapshot.Match(fixture.Text, $"conversation-{columns}x{rows}");
    }

    [Theory]
    [InlineData(39, 20)]
    [InlineData(80, 11)]
    [InlineData(5, 2)]
    public void A_screen_that_is_too_small_says_so_and_a_larger_one_comes_back(int columns, int rows)
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Happen(Said.Whole(Said.Turn(1, "Hello?", "Hi.")));
        fixture.Resize(columns, rows);
        Assert.Contains(columns < 20 ? "5x2" : "is too small: 40x12", fixture.Text);
        Assert.DoesNotContain("Hello?", fixture.Text);

        fixture.Resize(80, 24);
        Assert.Contains("Hello?", fixture.Text);
        Assert.DoesNotContain("too small", fixture.Text);
        fixture.Type("typed");
        Assert.Contains("❯ typed", fixture.Text);
    }

    [Fact]
    public void An_answer_grows_while_it_comes_and_is_shown_as_Markdown_when_it_has_ended()
    {
        using ScreenFixture fixture = new(80, 24);
        Turn turn = Said.Turn(1, "Say it.", "It is **bold**.");
        fixture.Happen(new TurnStarted(turn), new AnswerText(turn, AnswerPart.Final, "It is **bo"));
        Assert.Contains("It is **bo", fixture.Text);

        fixture.Happen(new AnswerText(turn, AnswerPart.Final, "ld**."), new TurnFinished(turn));
        Assert.Contains("It is bold.", fixture.Text);
        Assert.DoesNotContain("**", fixture.Text);
    }

    [Fact]
    public void A_row_of_a_table_goes_on_below_its_last_column()
    {
        using ScreenFixture fixture = new(62, 20);
        fixture.Happen(new Notice(NoticeKind.Information, "/clear              Begin a new conversation; the present one stays saved.\nmodel  \"a value that is wide enough for it\"  string or nothing\n   "));
        Assert.Contains("  /clear              Begin a new conversation; the present\n                      one stays saved.", Trimmed(fixture.Text), StringComparison.Ordinal);
        Assert.Contains("  model  \"a value that is wide enough for it\"  string or\n      nothing", Trimmed(fixture.Text), StringComparison.Ordinal);

        static string Trimmed(string text) => string.Join('\n', text.Replace("· ", "  ", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd()));
    }

    [Fact]
    public void An_answer_that_a_limit_ended_says_what_to_do()
    {
        using ScreenFixture fixture = new(90, 20);
        Turn turn = Said.Turn(1, "Tell me a story.", "Once", tokens: 4);
        turn.Finish = FinishReason.Budget;
        turn.Receipt = Composed.Receipt(3) with { Limit = new(3, null, null) };
        fixture.Happen(Said.Whole(turn));
        Assert.Contains("Stopped: the budget of 3 CU is used up. /budget off lifts it, /retry asks again.", fixture.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_says_how_many_messages_wait_and_a_stop_says_that_they_are_dropped()
    {
        using ScreenFixture fixture = new(120, 20) { IsBusy = true, Waiting = 2 };
        Turn turn = Said.Turn(1, "Tell me a story.", "Once");
        fixture.Happen(new TurnStarted(turn));
        Assert.Contains("reading the prompt · 2 waiting", fixture.Text, StringComparison.Ordinal);
        fixture.Press(Key.C.WithCtrl);
        Assert.Contains("Ctrl-C again ends · 2 waiting messages dropped", fixture.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_says_that_several_pipelines_answer()
    {
        using PluginCatalog plugins = PluginCatalog.Discover([Spoken.PluginFolder], PluginArguments.CatalogOptions);
        using ScreenFixture fixture = new(120, 20);
        fixture.Happen(new PipelineChanged(Composed.Pipeline(plugins)), new VariantsChanged(["a", "b", "c"]));
        Assert.Contains("ready · comparing 3 pipelines", fixture.Text, StringComparison.Ordinal);
        fixture.Happen(new VariantsChanged([]));
        Assert.DoesNotContain("comparing", fixture.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_model_or_a_plugin_says_brings_no_control_character_to_the_terminal()
    {
        const string Hostile = "a\u001b[31mred\u001b]0;title\u0007 b\u009bc \u202eevil\u2028 \u0000 tab\tend";
        using ScreenFixture fixture = new(100, 30);
        Turn turn = Said.Turn(1, Hostile, $"```\n{Hostile}\n```\n[{Hostile}]({Hostile}) &#27;[31m");
        fixture.Happen(Said.Whole(turn));
        fixture.Happen(new Notice(NoticeKind.Warning, Hostile), new Progress(Hostile));
        fixture.Paste(Hostile);

        Assert.DoesNotContain(fixture.Text, c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u2028'));
        Assert.Contains("\\u001b[31mred", fixture.Text);
    }

    [Fact]
    public void F1_lists_every_key_and_every_command()
    {
        using ScreenFixture fixture = new(300, 200);
        fixture.Press(Key.F1);
        Assert.All(Spud.Host.Repl.Commands.CommandList.All, command => Assert.Contains(command.Usage, fixture.Text));
        Assert.All(fixture.Screen.AllKeys, key => Assert.Contains($"{key.Name} ", fixture.Text));
        Assert.All(fixture.Screen.AllKeys, key => Assert.Contains(key.Help, fixture.Text));
        fixture.Press(Key.Esc);
        Assert.DoesNotContain("Keys", fixture.Text);
    }

    [Fact]
    public void The_side_pane_is_reached_and_left_by_key_and_by_mouse()
    {
        using ScreenFixture fixture = new(120, 30);
        fixture.Happen(Said.Whole(Said.Turn(1, "Hello?", "Hi.", tokens: 30)));
        fixture.Press(Key.F3);
        Assert.Contains("[Turn]", fixture.Text);
        Assert.Contains("Tokens per second", fixture.Text);
        fixture.Press(Key.CursorRight);
        Assert.Contains("[Plugins]", fixture.Text);
        fixture.Press(Key.Esc);
        fixture.Type("typed");
        Assert.Contains("❯ typed", fixture.Text);

        string[] rows = fixture.Text.Split('\n');
        fixture.Click(rows[1].IndexOf("Pipeline", StringComparison.Ordinal), 1);
        Assert.Contains("[Pipeline]", fixture.Text);
        fixture.Click(10, 28);
        fixture.Type("!");
        Assert.Contains("typed!", fixture.Text);
        fixture.Press(Key.F2);
        fixture.Press(Key.F2);
        Assert.DoesNotContain("[Pipeline]", fixture.Text);
    }

    [Fact]
    public void What_is_typed_in_the_side_pane_is_a_message()
    {
        using ScreenFixture fixture = new(120, 30);
        fixture.Press(Key.F3);
        fixture.Type("hello");
        Assert.Contains("❯ hello", fixture.Text);
    }

    [Fact]
    public void On_a_narrow_screen_the_side_pane_takes_the_place_of_the_conversation()
    {
        using ScreenFixture fixture = new(60, 20);
        fixture.Happen(Said.Whole(Said.Turn(1, "Hello?", "Hi.", tokens: 30)));
        Assert.DoesNotContain("[Turn]", fixture.Text);
        fixture.Press(Key.F3);
        Assert.Contains("[Turn]", fixture.Text);
        Assert.DoesNotContain("Hello?", fixture.Text);
        fixture.Press(Key.Esc);
        Assert.Contains("Hello?", fixture.Text);
    }

    [Fact]
    public void Without_colours_nothing_but_styles_reaches_the_terminal()
    {
        using ScreenFixture fixture = new(100, 30, theme: new(colours: false, isLight: false, isPoor: false));
        fixture.Happen(Said.Whole(Said.Turn(1, "Hello?", "**Hi** `code`.", tokens: 30)));
        fixture.Happen(new Notice(NoticeKind.Error, "wrong"));
        Assert.Contains("✗ wrong", fixture.Text);
        Assert.DoesNotMatch("\u001b\\[[34]8;2;", fixture.Ansi);
    }

    [Fact]
    public void One_CtrlC_stops_the_answer_and_a_second_within_a_second_ends()
    {
        using ScreenFixture fixture = new(80, 24) { IsBusy = true };
        fixture.Press(Key.C.WithCtrl);
        Assert.Equal((1, 0), (fixture.Cancelled, fixture.Quits));
        Assert.Contains("Ctrl-C again ends", fixture.Text);

        fixture.Wait(TimeSpan.FromSeconds(1.5));
        fixture.Press(Key.C.WithCtrl);
        Assert.Equal(0, fixture.Quits);
        fixture.Wait(TimeSpan.FromSeconds(0.5));
        fixture.Press(Key.C.WithCtrl);
        Assert.Equal(1, fixture.Quits);
    }

    [Fact]
    public void Escape_that_has_nothing_to_close_does_not_end_the_session()
    {
        using ScreenFixture fixture = new(80, 24);
        fixture.Type("half a question");
        fixture.Press(Key.Esc, Key.Esc);
        Assert.False(fixture.Screen.StopRequested);
        Assert.Equal(0, fixture.Quits);
        Assert.Contains("❯ half a question", fixture.Text);
    }
}
