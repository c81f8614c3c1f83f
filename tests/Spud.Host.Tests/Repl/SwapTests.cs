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
    public void Components_that_did_not_change_are_taken_over_and_the_model_stays_mapped_once()
    {
        using TempFolder folder = new();
        string model = folder.File("mapped-once.gguf");
        File.Copy(EndToEnd.Spud.Stories, model);
        using TestSession test = new(setup => setup with { Source = PipelineSource.Default.With($"model=\"{model}\"", "test") });
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/set head.activations=f32");
        Assert.Equal(["attention cpu", "experts cpu", "cache plain"], test.Session.Pipeline!.TakenOver);
        test.Enter("/set cache.format=f32");
        Assert.Equal(["head cpu", "attention cpu", "experts cpu"], test.Session.Pipeline!.TakenOver);
        test.Enter("/set context=100");
        Assert.Empty(test.Session.Pipeline!.TakenOver);
        if (OperatingSystem.IsLinux())
            Assert.Single(File.ReadLines("/proc/self/maps").Where(line => line.EndsWith("mapped-once.gguf", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0].Split('-')[0]).Distinct());
    }

    [Fact]
    public void A_swap_that_fails_half_way_leaves_the_old_pipeline_computing_the_same()
    {
        using TestSession test = new();
        string answer = test.Session.Ask("Once", TestContext.Current.CancellationToken).Answer;
        test.Refused("/set cache.format=q8_0"); // its heads are narrower than a block: known when everything else is built
        test.Enter("/retry");
        Assert.Equal(answer, test.Session.Conversation.Turns[0].Answer);
    }

    [Fact]
    public void A_replay_after_a_swap_is_kept_by_the_next_swap()
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/set cache.format=f32");
        test.Enter("/replay");
        Assert.Contains("From the next turn on: head.activations=f32. The conversation's", test.Enter("/set head.activations=f32"), StringComparison.Ordinal);
        Assert.True(test.Session.Ask("And then?", TestContext.Current.CancellationToken).ReusedTokens >= first.PromptTokens);
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
