using System.Text.Json;
using Spud.Models;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>Whole chat templates: two of ours with every conversation, and the default model's.</summary>
public class FixtureTests
{
    private static readonly ChatMessage[] s_dialogue =
    [
        new("user", "Hi"),
        new("assistant", "Hello!"),
        new("user", "What is the capital of France?"),
    ];

    public static TheoryData<string, string> Pairs =>
        [.. TemplateCases.Read("fixtures.json").EnumerateObject().SelectMany(t => t.Value.EnumerateObject(), (t, c) => (t.Name, c.Name))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Our_templates_render_as_in_Jinja(string template, string conversation)
    {
        string source = File.ReadAllText(TestData.Path("chat-templates/" + template));
        JsonElement expected = TemplateCases.Read("fixtures.json").GetProperty(template).GetProperty(conversation);
        Assert.Equal(expected.GetString(), TemplateCases.TryRender(source, TemplateCases.Conversations[conversation]));
    }

    [Fact]
    public void The_default_model_gets_its_own_system_message_and_the_opening_of_the_answer()
    {
        string expected = """
            <|im_start|>system
            You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
            <|im_start|>user
            Hi<|im_end|>
            <|im_start|>assistant
            Hello!<|im_end|>
            <|im_start|>user
            What is the capital of France?<|im_end|>
            <|im_start|>assistant

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), DefaultTemplate().Render(s_dialogue, new ChatTemplateOptions()));
    }

    [Fact]
    public void The_default_model_takes_a_given_system_message_and_may_end_without_the_opening()
    {
        string text = DefaultTemplate().Render([new ChatMessage("system", "Be brief."), .. s_dialogue[..1]], new ChatTemplateOptions { AddGenerationPrompt = false });
        Assert.Equal("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n", text);
    }

    private static ChatTemplate DefaultTemplate()
    {
        using var file = GgufFile.Open(TestData.DefaultModel);
        return ChatTemplate.Parse(file.Metadata.RequireString("tokenizer.chat_template"));
    }
}
