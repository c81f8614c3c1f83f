using System.Text;
using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class StopConditionsTests
{
    [Fact]
    public void Random_texts_in_random_pieces_end_where_a_search_of_the_whole_text_ends_them()
    {
        Random random = new(77);
        int matched = 0, flushed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string[] stops = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Word(random, random.Next(1, 6)))];
            string text = Word(random, random.Next(30));
            (string expected, string? stop) = Search(text, stops);
            StopConditions conditions = new([], stops);
            string got = Stream(conditions, text, random, stops, out bool anyFlushed);
            Assert.True(expected == got && stop == conditions.MatchedString, $"'{text}' with {string.Join(", ", stops)}: expected '{expected}' ({stop}), got '{got}' ({conditions.MatchedString})");
            matched += stop is null ? 0 : 1;
            flushed += anyFlushed ? 1 : 0;
        }
        Assert.True(matched > 5000 && flushed > 1000, $"the cases are too tame: {matched} matched, {flushed} flushed");
    }

    [Fact]
    public void A_stop_string_in_three_pieces_is_never_seen()
    {
        StopConditions conditions = new([], ["<|end|>"]);
        Assert.Equal("Paris", conditions.Append("Paris<"));
        Assert.Equal("", conditions.Append("|en"));
        Assert.Equal("", conditions.Append("d|> and more"));
        Assert.Equal("<|end|>", conditions.MatchedString);
        Assert.Equal("", conditions.Append("more"));
        Assert.Equal("", conditions.Flush());
    }

    [Fact]
    public void What_only_looked_like_a_stop_string_comes_out_as_soon_as_it_is_known()
    {
        StopConditions conditions = new([], ["<|end|>"]);
        Assert.Equal("a ", conditions.Append("a <|e"));
        Assert.Equal("<|ex", conditions.Append("x<"));
        Assert.Equal("<", conditions.Flush());
        Assert.Null(conditions.MatchedString);
    }

    [Fact]
    public void Of_two_completed_by_the_same_character_the_longer_wins_else_the_one_completed_first()
    {
        StopConditions same = new([], ["bc", "abc"]), first = new([], ["abcd", "bc"]);
        Assert.Equal("x", same.Append("xabcd"));
        Assert.Equal("abc", same.MatchedString);
        Assert.Equal("xa", first.Append("xabcd"));
        Assert.Equal("bc", first.MatchedString);
    }

    [Fact]
    public void A_surrogate_pair_that_only_begins_like_a_stop_string_comes_out_whole()
    {
        StopConditions conditions = new([], ["\U0001F600"]);
        Assert.Equal("", conditions.Append("\uD83D"));
        Assert.Equal("\U0001F601", conditions.Append("\uDE01"));
        Assert.Equal("", conditions.Append("\U0001F600"));
        Assert.Equal("\U0001F600", conditions.MatchedString);
    }

    [Fact]
    public void Stop_tokens_are_those_given()
    {
        StopConditions conditions = new([2, 7]);
        Assert.Equal([2, 7], Enumerable.Range(0, 10).Where(conditions.IsStopToken));
    }

    [Fact]
    public void An_impossible_stop_string_is_refused()
    {
        Assert.Equal("stop strings: number 2 is empty, expected at least one character.", Refusal(""));
        Assert.Equal("stop strings: number 2 has half a surrogate pair at position 1, expected whole characters.", Refusal("a\uDE00"));
    }

    private static string Refusal(string stop) => Assert.Throws<ArgumentException>(() => new StopConditions([], ["ok", stop])).Message;

    private static string Stream(StopConditions conditions, string text, Random random, string[] stops, out bool anyFlushed)
    {
        StringBuilder emitted = new();
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(random.Next(5), text.Length - at);
            emitted.Append(random.Next(2) == 0 ? conditions.Append(text.AsSpan(at, length)) : conditions.Append(new string(text.AsSpan(at, length))));
            at += length;
            if (conditions.MatchedString is null)
            {
                Assert.Equal(at - LongestBeginning(text[..at], stops), emitted.Length);
            }
        }
        string rest = conditions.Flush();
        anyFlushed = rest.Length > 0;
        return emitted.Append(rest).ToString();
    }

    // What must be held back, and nothing more: the longest end of the text that begins a stop string.
    private static int LongestBeginning(string text, string[] stops) =>
        Enumerable.Range(0, text.Length + 1).Last(length => length == 0 || stops.Any(stop => stop.StartsWith(text[^length..], StringComparison.Ordinal)));

    private static (string Text, string? Stop) Search(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string? stop = stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).MaxBy(stop => stop.Length);
            if (stop is not null)
            {
                return (text[..(end - stop.Length)], stop);
            }
        }
        return (text, null);
    }

    private static string Word(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "aabc"[random.Next(4)]));
}
