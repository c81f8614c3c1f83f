using Spud.Host.Repl;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Repl;

/// <summary>A mixture of experts, with a router that fails or not.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_component_that_throws_in_an_answer_leaves_the_conversation_and_the_next_turn_works()
    {
        using TestSession test = Mixture("expert 99");
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Enter("/use router odd");
        Assert.Contains("router 'odd/odd' failed in layer 0", test.Refused("And then?"), StringComparison.Ordinal);
        Assert.Equal("Once", Assert.Single(test.Session.Conversation.Turns).Question);
        Assert.NotNull(Assert.Single(test.Events.OfType<TurnFinished>()).Turn.Fault);
        test.Enter("/use router top-k");
        Assert.Equal(2, test.Session.Ask("And then?", TestContext.Current.CancellationToken).Number);
    }

    [Fact]
    public void A_trial_answer_in_which_a_component_throws_is_reported_and_the_session_goes_on()
    {
        using TestSession test = Mixture("expert 99");
        test.Enter("/use router odd");
        test.Session.WarmUp(static _ => { }, TestContext.Current.CancellationToken);
        Notice told = Assert.Single(test.Events.OfType<Notice>());
        Assert.Equal(NoticeKind.Warning, told.Kind);
        Assert.Contains("router 'odd/odd' failed in layer 0", told.Text, StringComparison.Ordinal);
        test.Enter("/use router top-k");
        Assert.NotEmpty(test.Session.Ask("Once", TestContext.Current.CancellationToken).Tokens);
    }

    [Fact]
    public void A_component_that_throws_under_one_of_two_pipelines_leaves_the_answer_of_the_other()
    {
        using TestSession test = Mixture("expert 99");
        test.Enter("/ab router.use=top-k,odd");
        Assert.True(test.Session.Enter("Once", TestContext.Current.CancellationToken));
        Assert.Contains("failed in layer 0", Assert.Single(test.Events.OfType<Notice>(), notice => notice.Kind == NoticeKind.Error).Text, StringComparison.Ordinal);
        Assert.NotEmpty(Assert.Single(test.Session.Conversation.Turns).Tokens);
    }

    [Fact]
    public void Each_token_of_a_mixture_says_how_many_experts_it_was_given_in_each_layer()
    {
        using TestSession test = Mixture("expert 0");
        Turn turn = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        int layers = test.Session.Pipeline!.Explanation.Model.Layers, used = test.Session.Pipeline.Explanation.Model.LayerShapes[0].ExpertsUsed;
        Assert.Empty(turn.Tokens[0].Experts);
        Assert.All(turn.Tokens.Skip(1), token => Assert.Equal(Enumerable.Repeat(used, layers), token.Experts));
        Assert.Contains("experts", test.Enter("/why"), StringComparison.Ordinal);
    }

    private TestSession Mixture(string behaviour)
    {
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string plugin = Directory.CreateDirectory(_temp.File("odd")).FullName;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(TestData.Root, "tests", "plugins", "Odd", "bin", framework.Parent!.Name, framework.Name)))
            File.Copy(file, Path.Combine(plugin, Path.GetFileName(file)));

        File.WriteAllText(Path.Combine(plugin, "behaviour.txt"), behaviour);
        string model = TestData.Path("families/qwen3moe.gguf");
        return new(setup => setup with { Source = PipelineSource.Default.With($"model=\"{model}\"", "test") }, Spoken.PluginFolder, _temp.Path);
    }
}
