using Spud.Host.Repl;

namespace Spud.Host.Tests.Repl;

/// <summary>What of a conversation is kept when its pipeline is exchanged.</summary>
public sealed class SwapTests
{
    [Theory]
    [InlineData("/set head.activations=f32")]
    [InlineData("/set budget.computeUnits=1000000")]
    [InlineData("/set experts=[{\"layers\":\"4\",\"use\":\"cpu\",\"activations\":\"f32\"},{\"use\":\"cpu\"}]")]
    [InlineData("/set attention=[{\"phase\":\"decode\",\"use\":\"cpu\",\"activations\":\"f32\"},{\"use\":\"cpu\"}]")]
    public void What_does_not_enter_keys_and_values_keeps_everything(string line)
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        string said = test.Enter(line);
        Turn second = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.Contains(said.Contains("Nothing changed", StringComparison.Ordinal) ? "kept" : "are kept", said, StringComparison.Ordinal);
        Assert.True(second.ReusedTokens >= first.PromptTokens, said);
        Assert.Equal(first.Pipeline.Id != second.Pipeline.Id, second.IsMixed);
    }

    [Theory]
    [InlineData("/set cache.format=f32", "cache")]
    [InlineData("/set attention.activations=f32", "attention")]
    [InlineData("/set experts=[{\"layers\":\"0\",\"use\":\"cpu\",\"activations\":\"f32\"},{\"use\":\"cpu\"}]", "experts")]
    [InlineData("/set budget.effort=0.5", "effort")]
    public void What_keys_and_values_depend_on_has_the_conversation_read_again_and_says_so_before(string line, string reason)
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        string said = test.Enter(line);
        Turn second = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.Contains("reads the conversation again", said, StringComparison.Ordinal);
        Assert.Contains($"depend on {reason}", said, StringComparison.Ordinal);
        Assert.Matches(@"about [0-9.]+ CU, [0-9.]+ s", said);
        Assert.Equal(0, second.ReusedTokens);
        Assert.False(second.IsMixed);
    }

    [Fact]
    public void A_kept_conversation_goes_on_with_the_same_bits()
    {
        string[] lines = ["Once upon a time there was a little girl who lived in a house with many windows, and every day", "And then?", "Go on"];
        string[] answers = Answers(static _ => { }, lines), kept = Answers(static test => test.Enter("/set budget.computeUnits=1000000"), lines);
        Assert.Equal(answers, kept);
    }

    [Fact]
    public void Another_context_keeps_what_fits()
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/set context=256");
        Assert.True(test.Session.Ask("And then?", TestContext.Current.CancellationToken).ReusedTokens >= first.PromptTokens);
    }

    private static string[] Answers(Action<TestSession> between, string[] lines)
    {
        using TestSession test = new(setup => setup with { Settings = setup.Settings with { MaxTokens = 40 } });
        List<string> answers = [];
        foreach (string line in lines)
        {
            answers.Add(test.Session.Ask(line, TestContext.Current.CancellationToken).Answer);
            between(test);
        }

        return [.. answers];
    }
}
