namespace Spud.Host.Tests.EndToEnd;

/// <summary><c>spud chat --reload</c>, the loop of a plugin's author.</summary>
public sealed class ChatReloadTests
{
    private const string Begin = "Once upon a time";
    private const string GoOn = "Then the dog";

    [Fact]
    public void A_plugin_that_was_replaced_serves_after_a_reload()
    {
        using ReloadedChat chat = new(expert: 0, "--reload");
        Assert.StartsWith("note: --reload", chat.Said());
        string first = chat.Ask(Begin);
        chat.Behave("expert 2");
        chat.Reset();
        Assert.Equal(first, chat.Ask(Begin));

        Assert.Equal("(reloaded: odd 0.1.0, backend.cpu 0.1.0)", chat.Tell("/reload"));
        chat.Reset();
        string other = chat.Ask(Begin);
        Assert.NotEqual(first, other);

        chat.Behave("expert 0");
        Assert.StartsWith("(reloaded", chat.Tell("/reload"));
        chat.Reset();
        Assert.Equal(first, chat.Ask(Begin));
        Assert.Equal(0, chat.End().ExitCode);
    }

    [Fact]
    public void The_conversation_goes_on_after_a_reload()
    {
        using ReloadedChat chat = new(expert: 1, "--reload");
        chat.Said();
        string[] reloaded = [chat.Ask(Begin), chat.Tell("/reload"), chat.Ask(GoOn)];
        chat.Reset();
        Assert.Equal([reloaded[0], reloaded[2]], [chat.Ask(Begin), chat.Ask(GoOn)]);
        chat.Reset();
        Assert.NotEqual(reloaded[2], chat.Ask(GoOn));
        Assert.Equal(0, chat.End().ExitCode);
    }

    [Theory]
    [InlineData("Odd.dll", "no assembly", "faulty")]
    [InlineData("spud-plugin.json", "{ \"id\": ", "malformed")]
    [InlineData("behaviour.txt", "registration throws", "faulty")]
    public void A_broken_plugin_ends_neither_the_chat_nor_the_conversation(string file, string content, string state)
    {
        using ReloadedChat chat = new(expert: 1, "--reload");
        chat.Said();
        string[] answers = [chat.Ask(Begin), chat.Ask(GoOn)];
        chat.Reset();
        Assert.Equal(answers[0], chat.Ask(Begin));

        File.WriteAllText(Path.Combine(chat.Plugin, file), content);
        Assert.StartsWith($"error: plugin odd: {state}: ", chat.Tell("/reload"));
        Assert.StartsWith("error: no pipeline is loaded", chat.Tell(GoOn));
        Assert.StartsWith("error: plugin odd: ", chat.Tell("/reload"));

        chat.Restore();
        chat.Behave("expert 1");
        Assert.StartsWith("(reloaded", chat.Tell("/reload"));
        Assert.Equal(answers[1], chat.Ask(GoOn));
        Assert.Equal(0, chat.End().ExitCode);
    }

    [Fact]
    public void A_plugin_that_fails_while_it_answers_can_be_corrected()
    {
        using ReloadedChat chat = new(expert: 99, "--reload");
        chat.Said();
        string error = chat.Tell(Begin);
        Assert.StartsWith("error: router 'odd/odd' failed in layer 0", error);
        Assert.EndsWith("Correct the plugin, then enter /reload.", error);
        chat.Behave("expert 0");
        Assert.StartsWith("(reloaded", chat.Tell("/reload"));
        Assert.NotEmpty(chat.Ask(Begin));
        Assert.Equal(0, chat.End().ExitCode);
    }

    [Fact]
    public void A_script_that_ends_without_a_pipeline_failed()
    {
        using ReloadedChat chat = new(expert: 1, "--reload");
        chat.Said();
        chat.Ask(Begin);
        chat.Behave("constructor throws");
        Assert.StartsWith("error: plugin odd: faulty: ", chat.Tell("/reload"));
        Assert.Equal(1, chat.End().ExitCode);
    }

    [Fact]
    public void Without_the_option_a_reload_says_how_to_get_it()
    {
        using ReloadedChat chat = new(expert: 1);
        Assert.Equal("error: /reload needs a chat started with: spud chat --reload", chat.Tell("/reload"));
        Assert.NotEmpty(chat.Ask(Begin));
        Assert.Equal(0, chat.End().ExitCode);
    }
}
