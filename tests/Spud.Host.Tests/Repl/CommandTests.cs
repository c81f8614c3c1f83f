using Spud.Host.Repl;
using Spud.Host.Repl.Commands;

namespace Spud.Host.Tests.Repl;

public sealed class CommandTests
{
    [Fact]
    public void Names_are_unique_and_every_command_says_what_it_does()
    {
        Assert.Equal(CommandList.Names.Count(), CommandList.Names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(CommandList.All, command => Assert.EndsWith(".", command.Help, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/help", "/?", "/set", "/show", "/clear", "/bye", "/quit", "/exit", "/reset", "/retry", "/undo")]
    public void What_people_know_from_other_programs_exists(params string[] names) =>
        Assert.All(names, name => Assert.NotNull(CommandList.Find(name[1..])));

    [Theory]
    [InlineData("exit")]
    [InlineData(" quit ")]
    [InlineData("/bye")]
    public void A_session_ends_by_any_usual_word(string line)
    {
        using TestSession test = new();
        test.Enter(line);
        Assert.True(test.Session.HasEnded);
    }

    [Fact]
    public void Help_lists_every_command_and_explains_each()
    {
        using TestSession test = new();
        string overview = test.Enter("/?");
        Assert.All(CommandList.All, command => Assert.Contains(command.Usage, overview, StringComparison.Ordinal));
        Assert.All(CommandList.All, command => Assert.StartsWith(command.Usage, test.Enter($"/help {command.Name}"), StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_roles_components_paths_and_values_are_completed()
    {
        using TestSession test = new();
        Assert.Equal(["/set"], CommandCompletion.Of(test.Session, "/se").Where(line => line.StartsWith("/set", StringComparison.Ordinal)));
        Assert.Contains("/use cache plain", CommandCompletion.Of(test.Session, "/use ca"));
        Assert.Equal(["/set cache.format="], CommandCompletion.Of(test.Session, "/set cache.f"));
        Assert.Equal(["/set cache.format=q8_0"], CommandCompletion.Of(test.Session, "/set cache.format=q8"));
        string folder = Path.GetDirectoryName(EndToEnd.Spud.Stories)!;
        Assert.Contains($"/model {EndToEnd.Spud.Stories}", CommandCompletion.Of(test.Session, $"/model {folder}/stories260K-f"));
        Assert.Empty(CommandCompletion.Of(test.Session, "//set"));
        Assert.Empty(CommandCompletion.Of(test.Session, "What"));
    }

    [Fact]
    public void Set_changes_sampling_and_system_text_and_lists_what_can_be_set()
    {
        using TestSession test = new();
        test.Enter("/set temperature 0.5");
        test.Enter("/set parameter num_predict 3");
        test.Enter("/set seed=7");
        test.Enter("/set system \"Be brief.\"");
        Assert.Equal((0.5f, 3, 7ul), (test.Session.Settings.Sampling.Temperature, test.Session.Settings.MaxTokens, test.Session.Settings.Sampling.Seed));
        Assert.Equal("Be brief.", test.Session.Conversation.System);
        Assert.Contains("q8_0", test.Enter("/set"), StringComparison.Ordinal);
        Assert.Contains("from 0 to 100", test.Refused("/set temperature hot"), StringComparison.Ordinal);
        test.Events.Clear();
        Assert.Contains("Did you mean 'temperature'?", test.Refused("/set temprature"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_retry_takes_the_place_of_the_last_answer_and_undo_takes_it_back()
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        test.Enter("/retry");
        Assert.Equal(["Once", "And then?"], test.Session.Conversation.Turns.Select(turn => turn.Question));
        test.Enter("/edit 1 Twice");
        Assert.Equal(["Twice"], test.Session.Conversation.Turns.Select(turn => turn.Question));
        test.Enter("/undo");
        Assert.Empty(test.Session.Conversation.Turns);
        Assert.Equal("nothing has been asked yet.", test.Refused("/undo"));
    }

    [Fact]
    public void An_edit_that_cannot_be_asked_leaves_the_conversation_as_it_was()
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        Assert.Contains("context", test.Refused($"/edit 1 {new string('x', 100_000)}"), StringComparison.Ordinal);
        Assert.Equal("Once", Assert.Single(test.Session.Conversation.Turns).Question);
    }

    [Fact]
    public void A_branch_goes_on_from_a_turn_and_shares_what_was_computed()
    {
        using TestSession test = new();
        Turn first = test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Session.Ask("And then?", TestContext.Current.CancellationToken);
        Conversation whole = test.Session.Conversation;
        test.Enter("/branch 1");
        Turn other = test.Session.Ask("What else?", TestContext.Current.CancellationToken);
        Assert.True(other.ReusedTokens >= first.PromptIds.Length);
        Assert.Equal(["Once", "What else?"], test.Session.Conversation.Turns.Select(turn => turn.Question));
        Assert.Equal(["Once", "And then?"], whole.Turns.Select(turn => turn.Question));
    }

    [Fact]
    public void Show_tells_of_pipeline_model_settings_and_turns()
    {
        using TestSession test = new();
        test.Session.Ask("Once", TestContext.Current.CancellationToken);
        test.Events.Clear();
        Assert.Contains("Cache: backend.cpu/plain", test.Enter("/show"), StringComparison.Ordinal);
        Assert.Contains("stories260K", test.Enter("/show model"), StringComparison.Ordinal);
        Assert.Contains("prefill", test.Enter("/show turn"), StringComparison.Ordinal);
        Assert.Contains("temperature 0", test.Enter("/show parameters"), StringComparison.Ordinal);
        Assert.Contains("im_start", test.Enter("/show template"), StringComparison.Ordinal);
        Assert.Contains("there is no turn 7", test.Refused("/show turn 7"), StringComparison.Ordinal);
    }

    [Fact]
    public void Use_replaces_the_component_with_its_usual_options()
    {
        using TestSession test = new();
        test.Enter("/set cache.format=f32");
        test.Enter("/use cache plain");
        Assert.Equal("\"f16\"", test.Session.Pipeline!.Settings["cache.format"]!.Value);
        Assert.Contains("Did you mean 'cache'?", test.Refused("/use cach plain"), StringComparison.Ordinal);
    }
}
