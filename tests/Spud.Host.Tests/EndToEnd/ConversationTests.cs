using System.Text.Json;
using System.Text.RegularExpressions;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>Conversations, templates and the defaults of models.</summary>
public sealed class ConversationTests
{
    private const string NoSystemRole = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}{{ m.content }}\n{% endfor %}";
    private const string NoSecondQuestion = "{% if messages | length > 1 %}{{ raise_exception('one question only') }}{% endif %}{{ messages[0].content }}";

    [Fact]
    public void The_first_command_of_the_README_gives_the_answer_that_stands_there()
    {
        string readme = File.ReadAllText(Path.Combine(TestData.Root, "README.md"));
        Match first = Regex.Match(readme, """\$ \./spud run "(.+)"\n(.+)\n```""");
        Assert.True(first.Success);
        Assert.Equal(first.Groups[2].Value + "\n", Spud.Run("run", first.Groups[1].Value).Succeeded().Output);
    }

    [Theory]
    [InlineData("Count from 1 to 15, separated by commas.", "1. 1\n2. 2\n3. 3\n4. 4\n5. 5\n6. 6\n")]
    [InlineData("Copy this line: 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5", "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.5 10.0.0.4 10.0.0.5")]
    public void What_repeats_by_nature_is_not_penalised(string prompt, string expected) => // as llama.cpp answers greedily
        Assert.StartsWith(expected, Spud.Run("run", "--max-tokens", "60", prompt).Succeeded().Output);

    [Fact]
    public void The_system_text_reaches_a_template_that_refuses_the_role()
    {
        using TempFolder folder = new();
        string model = folder.Write("model.gguf", EditedModel.With(Spud.Stories, ("tokenizer.chat_template", NoSystemRole)));
        string[] line = ["run", "-m", model, "--temperature", "0", "--max-tokens", "1", "--json"];
        int Tokens(params string[] rest) => Spud.Run([.. line, .. rest]).Succeeded().Json.GetProperty("promptTokens").GetInt32();
        Assert.Equal(Tokens("Be brief.\nCapital?"), Tokens("--system", "Be brief.", "Capital?"));
    }

    [Fact]
    public void A_template_that_refuses_a_question_does_not_end_the_dialogue()
    {
        using TempFolder folder = new();
        string model = folder.Write("model.gguf", EditedModel.With(Spud.Stories, ("tokenizer.chat_template", NoSecondQuestion)));
        Outcome outcome = Spud.Run("Once\nAnd then?\n/reset\nTwice\n"u8.ToArray(), ["chat", "-m", model, "--temperature", "0", "--max-tokens", "4", "--stop", "\n"]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(2, outcome.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("one question only", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_may_be_named_or_come_from_a_file()
    {
        using TempFolder folder = new();
        string file = folder.Write("template.jinja", "{{ messages[-1].content }}!"u8);
        string[] line = ["run", "-m", Spud.Stories, "--temperature", "0", "--max-tokens", "1", "--json"];
        int plain = Spud.Run([.. line, "--raw", "Hi!"]).Succeeded().Json.GetProperty("promptTokens").GetInt32();
        Assert.Equal(plain, Spud.Run([.. line, "--chat-template", file, "Hi"]).Succeeded().Json.GetProperty("promptTokens").GetInt32());
        Assert.True(Spud.Run([.. line, "--chat-template", "chatml", "Hi"]).Succeeded().Json.GetProperty("promptTokens").GetInt32() > plain);
        Spud.Run([.. line, "--chat-template", "chatmll", "Hi"]).Refused(2, "chatmll", "chatml, gemma");
        Spud.Run([.. line, "--chat-template", "chatml", "--raw", "Hi"]).Refused(2, "--raw");
    }

    [Fact]
    public void Reasoning_is_apart_from_the_answer()
    {
        // The template opens the reasoning, and the model never closes it.
        using TempFolder folder = new();
        string template = folder.Write("template.jinja", "{{ messages[-1].content }}<think>"u8);
        string[] line = ["run", "-m", Spud.Stories, "--temperature", "0", "--max-tokens", "8", "--chat-template", template, "Once upon a time"];
        Assert.Equal("\n", Spud.Run(line).Succeeded().Output);
        JsonElement json = Spud.Run([.. line, "--json"]).Succeeded().Json;
        Assert.Equal("", json.GetProperty("text").GetString());
        Assert.NotEmpty(json.GetProperty("reasoning").GetString()!);
    }

    [Fact]
    public void A_model_file_says_how_its_tokens_are_chosen()
    {
        using TempFolder folder = new();
        string model = folder.Write("model.gguf", EditedModel.With(Spud.Stories, ("general.sampling.temp", 0f), ("general.sampling.penalty_repeat", 1f)));
        string[] line = ["run", "--raw", "--max-tokens", "20", "Once upon a time"];
        string greedy = Spud.Run([.. line, "-m", Spud.Stories, "--temperature", "0"]).Succeeded().Output;
        Outcome recommended = Spud.Run([.. line, "-m", model]).Succeeded();
        Assert.Equal(greedy, recommended.Output);
        Assert.DoesNotContain("seed", recommended.Error, StringComparison.Ordinal);
        Assert.NotEqual(greedy, Spud.Run([.. line, "-m", model, "--repeat-penalty", "2"]).Succeeded().Output);
    }

    [Fact]
    public void A_drawn_seed_is_shown_and_read_exactly_by_readers_with_floating_point_numbers()
    {
        string[] line = ["run", "--raw", "-m", Spud.Stories, "--temperature", "1.3", "--max-tokens", "20"];
        Outcome drawn = Spud.Run([.. line, "--json", "Once"]).Succeeded();
        ulong seed = drawn.Json.GetProperty("seed").GetUInt64();
        Assert.True(seed < 1UL << 53);
        Assert.Contains($", seed {seed},", drawn.Error, StringComparison.Ordinal);
        string again = Spud.Run([.. line, "--seed", $"{(ulong)(double)seed}", "--json", "Once"]).Succeeded().Json.GetProperty("text").GetString()!;
        Assert.Equal(drawn.Json.GetProperty("text").GetString(), again);
    }

    [Fact]
    public void Numbers_are_written_the_same_way_under_the_culture_of_the_user()
    {
        string command = $"\"$SPUD\" explain -m '{Spud.Stories}'";
        Outcome swedish = Spud.Shell($"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0 LC_ALL=sv_SE.UTF-8 {command}");
        Assert.SkipWhen(swedish.Error.Contains("ICU", StringComparison.Ordinal), "needs ICU");
        Assert.Equal(Spud.Shell(command).Succeeded().Output, swedish.Succeeded().Output);
    }

    [Fact]
    public void A_prompt_that_is_to_be_continued_does_not_end_with_the_end()
    {
        using TempFolder folder = new();
        string model = folder.Write("model.gguf", EditedModel.With(Spud.Stories, ("tokenizer.ggml.add_eos_token", true)));
        string[] line = ["run", "--raw", "--temperature", "0", "--max-tokens", "8", "Once upon a time"];
        Assert.Equal(Spud.Run([.. line, "-m", Spud.Stories]).Succeeded().Output, Spud.Run([.. line, "-m", model]).Succeeded().Output);
    }
}
