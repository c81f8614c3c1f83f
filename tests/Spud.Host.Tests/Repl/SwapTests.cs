using Spud.Host.Repl;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Repl;

/// <summary>What of a conversation is kept when its pipeline is exchanged.</summary>
public sealed class SwapTests
{
    [Theory]
    [InlineData("/set head.activations=f32")]
    [InlineData("/set budget.computeUnits=1000000")]
    [InlineData("/set budget.effort=0.5")] // nothing of a dense model depends on effort
    [InlineData("/set cache.pageTokens=16")]
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

    [Theory]
    [InlineData("/set temperature 0.5")]
    [InlineData("/set top-k 3")]
    [InlineData("/set stop x")]
    [InlineData("/set max-tokens 4")]
    [InlineData("/budget 1000cu")]
    [InlineData("/effort 0.4")]
    public void How_tokens_are_chosen_and_what_they_may_cost_changes_no_pipeline(string line)
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("again", test.Enter(line), StringComparison.Ordinal);
        Turn second = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.True(second.ReusedTokens >= first.PromptTokens);
        Assert.Equal(first.Pipeline.Id, second.Pipeline.Id);
        Assert.False(second.IsMixed);
    }

    /// <summary>Pages wherever and however they lie, and states of components: only the head, or the limit of a turn, changes.</summary>
    [Theory]
    [InlineData("", "families/llama.gguf")]
    [InlineData("attention={\"use\":\"reference\",\"device\":\"pretend\"}", "families/llama.gguf")]
    [InlineData("attention={\"use\":\"reference\",\"fold\":[{\"use\":\"split\",\"blockTokens\":4}]}", "families/llama.gguf")]
    [InlineData("cache={\"use\":\"streaming\"};attention=\"reference\"", "families/llama.gguf")]
    [InlineData("cache={\"use\":\"observed\"};attention=\"reference\"", "families/llama.gguf")]
    [InlineData("cache={\"use\":\"recent\",\"keep\":30};attention=\"reference\"", "families/llama.gguf")]
    [InlineData("router=\"prompt\"", "families/qwen3moe.gguf")]
    [InlineData("attention={\"use\":\"wrapper/counted\",\"inner\":\"cpu\"}", "families/llama.gguf")]
    public void Pages_are_handed_over_where_they_are_and_go_on_with_the_same_bits(string settings, string model)
    {
        (string[] alone, _) = Answered(settings, model, static _ => "");
        (string[] kept, string[] said) = Answered(settings, model, static test => test.Enter("/set budget.computeUnits=1000000"));
        Assert.Equal(alone, kept);
        Assert.All(said, static line => Assert.Contains("tokens are kept in place", line, StringComparison.Ordinal));
        (_, string[] mixed) = Answered(settings, model, static test => test.Enter($"/use head {(test.Session.Pipeline!.Explanation.Components.Any(component => component is { Role: "head", Name: "cpu" }) ? "reference" : "cpu")}"));
        Assert.All(mixed, static line => Assert.Contains("tokens are kept in place", line, StringComparison.Ordinal));
        Assert.Contains("of two pipelines", mixed[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attention={\"use\":\"reference\",\"fold\":[{\"use\":\"split\",\"blockTokens\":4}]}", "attention.fold[0].shards=3", "fold")]
    [InlineData("cache={\"use\":\"recent\",\"keep\":30};attention=\"reference\"", "cache.keep=31", "cache")]
    public void Options_of_decorators_and_of_caches_that_drop_keys_have_the_text_read_again(string settings, string edit, string reason)
    {
        (_, string[] said) = Answered(settings, "families/llama.gguf", test => test.Enter($"/set {edit}"));
        Assert.Contains($"depend on {reason}", said[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_router_and_experts_of_the_last_layer_change_nothing_and_those_before_do()
    {
        const string Last = "[{\"layers\":\"1\",\"use\":\"top-k\",\"experts\":1},{\"use\":\"top-k\"}]";
        using TestSession test = Family("", "families/qwen3moe.gguf");
        int layers = test.Session.Pipeline!.Explanation.Model.Layers;
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Contains("are kept", test.Enter($"/set router={Last.Replace("\"1\"", $"\"{layers - 1}\"", StringComparison.Ordinal)}"), StringComparison.Ordinal);
        Turn second = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Assert.True(second.ReusedTokens >= first.PromptTokens);
        Assert.True(second.IsMixed);
        Assert.Contains("depend on effort", test.Enter("/effort 0.4"), StringComparison.Ordinal);
        Assert.Equal(0, test.Session.Ask("And on", TestContext.Current.CancellationToken).ReusedTokens);
        Assert.Contains("depend on router", test.Enter("/set router={\"use\":\"top-k\",\"experts\":1}"), StringComparison.Ordinal);
        Assert.False(test.Session.Ask("Go on", TestContext.Current.CancellationToken).IsMixed);
    }

    [Fact]
    public void Another_model_has_the_conversation_read_again_and_so_has_a_file_that_was_replaced()
    {
        using TempFolder folder = new();
        string model = folder.File("replaced.gguf");
        File.Copy(EndToEnd.Spud.Stories, model);
        using TestSession test = new(setup => setup with { Source = PipelineSource.Default.With($"model=\"{model}\"", "test") });
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Contains("depend on model", test.Enter($"/model {TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf")}"), StringComparison.Ordinal);
        test.Enter($"/model {model}");
        test.Session.Ask("Where?", TestContext.Current.CancellationToken);
        Assert.Contains("the model's file is another one", test.Enter($"/model {EndToEnd.Spud.Stories}"), StringComparison.Ordinal);
        Assert.Equal(0, test.Session.Ask("And then?", TestContext.Current.CancellationToken).ReusedTokens);
        test.Enter($"/model {model}");
        test.Session.Ask("Go on", TestContext.Current.CancellationToken);
        string newer = folder.File("newer.gguf");
        File.Copy(EndToEnd.Spud.Stories, newer);
        File.Move(newer, model, overwrite: true);
        File.SetLastWriteTimeUtc(model, DateTime.UtcNow.AddHours(1));
        Assert.Contains("reads the conversation again", test.Enter("/set head.activations=f32"), StringComparison.Ordinal);
        Assert.Equal(0, test.Session.Ask("And on", TestContext.Current.CancellationToken).ReusedTokens);
    }

    [Fact]
    public void What_reading_again_costs_is_said_beforehand()
    {
        Turn[] turns = [.. new[] { "/set budget.computeUnits=1000000", "/set cache.format=f32" }.Select(line =>
        {
            using TestSession test = new();
            test.Session.Ask(string.Join(' ', Enumerable.Repeat("Once upon a time", 12)), TestContext.Current.CancellationToken);
            string said = test.Enter(line);
            Turn next = test.Session.Ask("And then?", TestContext.Current.CancellationToken);
            next.Closing = said;
            return next;
        })];
        (Turn kept, Turn read) = (turns[0], turns[1]);
        decimal took = Prefill(read) - Prefill(kept), said = decimal.Parse(System.Text.RegularExpressions.Regex.Match(read.Closing!, @"about ([0-9.]+) CU").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(said / took, 0.95m, 1.05m);

        static decimal Prefill(Turn turn) => turn.Receipt!.Lines.Where(line => line.Phase == Phase.Prefill).Sum(line => line.ComputeUnits);
    }

    [Fact]
    public void A_session_has_pages_for_one_text_and_gives_up_the_other_where_there_is_no_room()
    {
        using TestSession test = new(setup => setup with { Settings = setup.Settings with { MaxTokens = 60 } });
        long bytes = test.Session.Pipeline!.Explanation.Pages.Sum(pages => pages.TotalBytes);
        Assert.Equal(test.Session.Pipeline.Explanation.Limits.ContextTokens, test.Session.Pipeline.Explanation.Pages[0].Pages * test.Session.Pipeline.Explanation.Pages[0].PageTokens);
        for (int i = 0; i < 3; i++)
        {
            test.Session.Ask(string.Join(' ', Enumerable.Repeat("Once upon a time", 6)), TestContext.Current.CancellationToken);
            test.Enter("/branch 1");
            test.Session.Ask(string.Join(' ', Enumerable.Repeat("There was a girl", 20)), TestContext.Current.CancellationToken);
            test.Enter("/replay 1");
        }

        Assert.Equal(bytes, test.Session.Pipeline.Explanation.Pages.Sum(pages => pages.TotalBytes));
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
    public void Another_context_keeps_what_fits_in_pages_of_its_own()
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Matches(@"are kept, copied into other pages \([0-9.]+ [KM]iB\)", test.Enter("/set context=256"));
        Assert.True(test.Session.Ask("And then?", TestContext.Current.CancellationToken).ReusedTokens >= first.PromptTokens);
    }

    private static (string[] Answers, string[] Said) Answered(string settings, string model, Func<TestSession, string> between)
    {
        using TestSession test = Family(settings, model);
        (List<string> answers, List<string> said) = ([], []);
        foreach (string question in new[] { "Once upon a time there was a little girl who lived in a house", "And then?", "Go on" })
        {
            answers.Add(string.Join(' ', test.Session.Ask(question, TestContext.Current.CancellationToken).Tokens.Select(token => token.Id)));
            if (answers.Count < 3)
                said.Add(between(test));
        }

        return ([.. answers], [.. said]);
    }

    private static TestSession Family(string settings, string model) => new(
        setup => setup with
        {
            Source = settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Aggregate(PipelineSource.Default.With($"model=\"{TestData.Path(model)}\"", "test"), static (source, edit) => source.With(edit, "test")),
            Settings = setup.Settings with { MaxTokens = 6 },
        },
        Spoken.PluginFolder, TestData.Reference, TestData.Built("Wrapper"));

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
