using Spud.Host.Repl;
using Spud.Host.Repl.Comparison;
using Spud.Host.Repl.Screen;
using Spud.Host.Tests.Snapshots;
using Spud.Plugins;
using Terminal.Gui.Input;

namespace Spud.Host.Tests.Repl.Screen;

[Collection("screen")]
public sealed class PaneTests : IDisposable
{
    private readonly PluginCatalog _plugins = PluginCatalog.Discover(Path.Combine(Path.GetDirectoryName(EndToEnd.Spud.Program)!, "plugins"));

    public PaneTests() => _plugins.LoadAll();

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public void Enter_on_a_value_offers_what_the_schema_allows_and_takes_it()
    {
        using ScreenFixture fixture = new(110, 38);
        fixture.Happen(new PipelineChanged(Composed.Pipeline(_plugins)));
        fixture.Press(Key.F2);
        while (!fixture.Text.Contains("▸  format"))
            fixture.Press(Key.CursorDown);

        fixture.Press(Key.Enter);
        TextSnapshot.Match(fixture.Text, "pipeline-choices");
        fixture.Press(Key.CursorDown, Key.Enter);
        Assert.Equal(["/set cache.format=f32"], fixture.Entered);
    }

    [Fact]
    public void A_value_that_cannot_be_listed_is_typed_on()
    {
        using ScreenFixture fixture = new(110, 34);
        fixture.Happen(new PipelineChanged(Composed.Pipeline(_plugins)));
        fixture.Press(Key.F2);
        while (!fixture.Text.Contains("▸  pageTokens"))
            fixture.Press(Key.CursorDown);

        Assert.Contains("integer 16", fixture.Text);
        fixture.Press(Key.Enter);
        fixture.Type("128");
        fixture.Press(Key.Enter);
        Assert.Equal(["/set cache.pageTokens=128"], fixture.Entered);
    }

    [Fact]
    public void A_click_on_a_value_does_what_Enter_does()
    {
        using ScreenFixture fixture = new(110, 34);
        fixture.Happen(new PipelineChanged(Composed.Pipeline(_plugins)));
        for (int i = 0; i < 2; i++)
        {
            (int formatColumn, int formatRow) = Find(fixture, "format ");
            fixture.Click(formatColumn, formatRow);
        }

        (int column, int row) = Find(fixture, "○ q8_0");
        fixture.Click(column, row);
        Assert.Equal(["/set cache.format=q8_0"], fixture.Entered);
    }

    [Fact]
    public void Another_component_of_a_role_takes_the_place_of_the_entry()
    {
        using ScreenFixture fixture = new(110, 34);
        fixture.Happen(new PipelineChanged(Composed.Pipeline(_plugins)));
        fixture.Press(Key.F2);
        while (!fixture.Text.Contains("▸experts"))
            fixture.Press(Key.CursorDown);

        fixture.Press(Key.Enter);
        while (!fixture.Text.Contains("▸ ○ onnx"))
            fixture.Press(Key.CursorDown);

        fixture.Press(Key.Enter);
        Assert.Equal(["/use experts onnx"], fixture.Entered);
    }

    [Fact]
    public void The_turn_page_says_what_an_answer_cost()
    {
        using ScreenFixture fixture = new(110, 40);
        Turn turn = Said.Turn(1, "What is the capital of France?", "Paris.", tokens: 60);
        turn.Receipt = Composed.Receipt(7.28);
        fixture.Press(Key.F3);
        fixture.Happen(Said.Whole(turn));
        TextSnapshot.Match(fixture.Text, "turn");
    }

    [Fact]
    public void The_plot_moves_with_the_page_and_leaves_nothing_behind()
    {
        using ScreenFixture fixture = new(110, 24);
        Turn turn = Said.Turn(1, "Hello?", "Hi.");
        for (int i = 0; i < 60; i++)
            turn.Add(Said.Token(i, [.. Enumerable.Repeat(1 + i % 4, 30)]));

        fixture.Press(Key.F3);
        fixture.Happen(Said.Whole(turn));
        int before = RowOf(fixture, "┬");
        fixture.Press(Key.CursorDown, Key.CursorDown);
        Assert.Equal(before - 2, RowOf(fixture, "┬"));
        fixture.Press(Key.PageDown);
        Assert.DoesNotContain("┬", fixture.Text);
        fixture.Press(Key.PageUp);
        Assert.Equal(before - 2, RowOf(fixture, "┬"));
        fixture.Press(Key.CursorRight);
        Assert.DoesNotContain("▁", fixture.Text);
        Assert.DoesNotContain("┬", fixture.Text);
    }

    [Fact]
    public void Speed_counts_tokens_evenly_over_the_time_that_they_took()
    {
        Assert.Equal([2, 2, 1, 1], SpeedGraph.SpeedOver([0, 0.5, 1, 2], 4).Select(speed => Math.Round(speed, 6)));
        Assert.Equal(3, SpeedGraph.SpeedOver([0, 0.1, 0.3, 1], 7).Sum() / 7, 6);
        Assert.Equal(["1.5ms", "50ms", "0.2s"], new[] { SpeedGraph.Label(0.0015, 0.0015), SpeedGraph.Label(0.05, 0.05), SpeedGraph.Label(0.2, 0.1) });
    }

    [Fact]
    public void Experts_of_every_token_and_layer_are_a_map()
    {
        using ScreenFixture fixture = new(110, 40);
        Turn turn = Said.Turn(1, "Hello?", "Hi.");
        for (int i = 0; i < 24; i++)
            turn.Add(Said.Token(i, [1 + i % 4, 4, 2, 1 + i / 6]));

        fixture.Press(Key.F3);
        fixture.Happen(Said.Whole(turn));
        TextSnapshot.Match(fixture.Text, "experts-map");
    }

    [Fact]
    public void An_answer_is_looked_at_token_by_token()
    {
        using ScreenFixture fixture = new(110, 34);
        Turn turn = Said.Turn(1, "Hello?", "Hi there you.");
        foreach ((string text, double share) in new[] { ("Hi", 0.95), (" there", 0.6), (" you\n", 0.2), ("\u001b[31m.", 0.99) })
            turn.Add(new(text.Length, text, Math.Log(share), [new(900, " else", Math.Log(0.04))], TimeSpan.FromSeconds(1)) { Experts = [2, 4] });

        fixture.Happen(new TurnInspected(turn), new Notice(NoticeKind.Information, "the same as a table"), new Notice(NoticeKind.Information, "next"));
        Assert.DoesNotContain("the same as a table", fixture.Text);
        Assert.Contains("next", fixture.Text);
        Assert.Contains("[Why]", fixture.Text);
        Assert.Contains("Hi there‹ you⏎›", fixture.Text);
        Assert.Contains("95.0%", fixture.Text);
        Assert.Contains("experts by layer: 2 4", fixture.Text);
        fixture.Press(Key.CursorRight, Key.CursorRight);
        Assert.Contains("token 3 of 4", fixture.Text);
        Assert.Contains("20.0%", fixture.Text);
        fixture.Press(Key.Esc);
        fixture.Type("typed");
        Assert.Contains("❯ typed", fixture.Text);
    }

    [Fact]
    public void Answers_of_two_pipelines_stand_beside_each_other()
    {
        using ScreenFixture fixture = new(90, 24);
        Turn one = Answer("The", " capital", " is", " Paris", "."), other = Answer("The", " capital", " might", " be", " Paris", ".");
        AnswerComparison comparison = new(new("f16", one, null), [new("q4_0", other, null) { Differences = TokenDifference.Between(one.Tokens, other.Tokens) }]);
        fixture.Happen(new AnswersCompared(comparison));
        Assert.Matches("f16 +│ q4_0", fixture.Text);
        Assert.Matches(@"The capital is Paris\. +│ The capital might be Paris\.", fixture.Text);

        static Turn Answer(params string[] tokens)
        {
            Turn turn = Said.Turn(1, "Capital?", string.Concat(tokens));
            foreach (string token in tokens)
                turn.Add(new(1, token, null, [], TimeSpan.Zero));

            return turn;
        }
    }

    [Fact]
    public void The_running_answer_shows_its_meter_and_the_budget()
    {
        using ScreenFixture fixture = new(110, 34) { IsBusy = true };
        Turn turn = Said.Turn(1, "Hello?", "");
        fixture.Happen(new TurnStarted(turn));
        Assert.Contains("reading the prompt", fixture.Text);
        fixture.Happen(new TokenArrived(turn, Said.Token(1), new(12, 3.5m, 50, TimeSpan.FromSeconds(0.4), 41.2)));
        Assert.Contains("12 tokens · 41/s · 3.50 CU of 50.0 CU", fixture.Text);
    }

    private static int RowOf(ScreenFixture fixture, string text) => Array.FindIndex(fixture.Text.Split('\n'), row => row.Contains(text, StringComparison.Ordinal));

    private static (int Column, int Row) Find(ScreenFixture fixture, string text)
    {
        string[] rows = fixture.Text.Split('\n');
        int row = Array.FindIndex(rows, line => line.Contains(text, StringComparison.Ordinal));
        return (rows[row].IndexOf(text, StringComparison.Ordinal), row);
    }
}
