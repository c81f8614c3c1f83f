using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

public class TemplateErrorTests
{
    [Theory]
    [InlineData("a\n{{ x | trimm }}", "chat template, line 2, column 8: unknown filter 'trimm'. Did you mean 'trim'?")]
    [InlineData("{{ x is definde }}", "chat template, line 1, column 9: unknown test 'definde'. Did you mean 'defined'?")]
    [InlineData("{% iff x %}", "chat template, line 1, column 4: unknown or misplaced tag 'iff'. Did you mean 'if'? Known tags: if, for, set, macro, call, filter, with, generation, break, continue, raw")]
    [InlineData("{% if 1 %}\n{% endfor %}", "chat template, line 2, column 4: unknown or misplaced tag 'endfor'; expected 'elif' or 'else' or 'endif' here. Known tags: if, for, set, macro, call, filter, with, generation, break, continue, raw")]
    [InlineData("x\n {% for a in b %}", "chat template, line 2, column 5: 'for' is never closed: expected 'endfor', got the end of the template")]
    [InlineData("{{ a b }}", "chat template, line 1, column 6: expected '}}', got 'b'")]
    [InlineData("{{ (1, 2] }}", "chat template, line 1, column 9: expected ')', got ']'")]
    [InlineData("{{ 'abc }}", "chat template, line 1, column 4: this string is never closed: expected ', got the end of the template")]
    [InlineData("{% for x on y %}", "chat template, line 1, column 10: expected 'in', got 'on'")]
    public void A_template_that_is_not_Jinja_says_where_and_what(string template, string message) =>
        Assert.Equal(message, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template)).Message);

    [Theory]
    [InlineData("a\n{{ foo.bar }}", "chat template, line 2, column 7: 'foo' is undefined")]
    [InlineData("{{ messages[0].zzz.y }}", "chat template, line 1, column 19: a dictionary has no attribute or item 'zzz'")]
    [InlineData("{{ 'a' + 1 }}", "chat template, line 1, column 8: operator '+' does not take a string and an integer")]
    [InlineData("{{ raise_exception('No.') }}", "chat template, line 1, column 19: the template refuses this conversation: No.")]
    [InlineData("{{ 'a' | indent(blanks=1) }}", "chat template, line 1, column 10: 'indent' has no argument 'blanks'; known: width, first, blank")]
    [InlineData("{{ 'a' | indent('a', 1, 2, 3) }}", "chat template, line 1, column 10: 'indent' expects at most 3 arguments, got 4")]
    [InlineData("{{ 'a'.replace('b') }}", "chat template, line 1, column 15: 'replace' expects an argument 'new'")]
    [InlineData("{{ 'a' | trim(1) }}", "chat template, line 1, column 10: argument 'chars' of 'trim' expects a string, got an integer")]
    [InlineData("{% set messages.x = 1 %}", "chat template, line 1, column 8: cannot set 'messages.x': only attributes of a namespace() can be set")]
    public void A_template_that_fails_says_where_and_what(string template, string message)
    {
        ChatTemplate parsed = ChatTemplate.Parse(template);
        Assert.Equal(message, Assert.Throws<TemplateException>(() => parsed.Render([new ChatMessage("user", "Hi")], new ChatTemplateOptions())).Message);
    }

    [Fact]
    public void A_message_brings_what_it_has_and_nothing_else()
    {
        const string Template = "{% for m in messages %}{{ m | tojson }}\n{% endfor %}";
        ChatMessage[] messages =
        [
            new("user", "Hi") { Name = "Ada" },
            new("assistant", null) { Reasoning = "Hm.", ToolCalls = JsonSerializer.SerializeToElement(new[] { 1 }) },
            new("tool", "x") { ToolCallId = "c1" },
            ChatMessage.FromJson(JsonSerializer.SerializeToElement(new { role = "user", content = new[] { "a" }, more = 1.5 })),
        ];
        string expected = """
            {"role": "user", "content": "Hi", "name": "Ada"}
            {"role": "assistant", "content": null, "reasoning_content": "Hm.", "tool_calls": [1]}
            {"role": "tool", "content": "x", "tool_call_id": "c1"}
            {"role": "user", "content": ["a"], "more": 1.5}

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), ChatTemplate.Parse(Template).Render(messages, new ChatTemplateOptions()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"role\": 1}")]
    public void A_message_in_JSON_needs_a_role(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Throws<ArgumentException>(() => ChatMessage.FromJson(document.RootElement));
    }
}
