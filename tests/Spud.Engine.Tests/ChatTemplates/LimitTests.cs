using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>What a hostile template cannot do: run for ever, fill the memory or overflow the stack.</summary>
public class LimitTests
{
    private static readonly TemplateLimits s_small = new() { Steps = 100_000, WorkCharacters = 1_000_000, OutputCharacters = 100_000, RangeItems = 1000 };

    [Theory]
    [InlineData("{% set r = range(9) %}{% for a in r %}{% for b in r %}{% for c in r %}{% for d in r %}{% for e in r %}{{ a }}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}", "too deep")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}", "steps")]
    [InlineData("{{ 'x' * 1000000000 }}", "limit")]
    [InlineData("{{ ['x'] * 1000000000 }}", "limit")]
    [InlineData("{{ range(100000000) }}", "at most 1000")]
    [InlineData("{{ range(-9223372036854775807, 9223372036854775807) }}", "at most 1000")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "longer than 100000")]
    [InlineData("{% set ns = namespace(s=['x']) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "more than 1000000")]
    [InlineData("{% set l = [1] %}{% for i in range(1000) %}{% set _ = l.extend(l) %}{% endfor %}", "more than 1000000")]
    [InlineData("{{ ('x' * 1000).replace('', 'y' * 1000) }}", "longer than 100000")]
    [InlineData("{{ ('x' * 1000) | replace('x', 'y' * 1000) }}", "longer than 100000")]
    [InlineData("{{ ('y' * 1000).join(['x'] * 1000) }}", "longer than 100000")]
    [InlineData("{{ 'a\nb' | indent(1000000000) }}", "more than")]
    [InlineData("{{ [[1]] | tojson(indent=1000000000) }}", "more than")]
    [InlineData("{{ 'x'.center(1000000000) }}", "more than")]
    [InlineData("{{ '%1000000000d' % 1 }}", "wider than")]
    [InlineData("{{ '{:1000000000}'.format(1) }}", "wider than")]
    [InlineData("{{ [1] | batch(1000000000, 'x') }}", "more than")]
    [InlineData("{{ 9 ** 9 ** 9 }}", "64-bit")]
    [InlineData("{{ -9223372036854775807 - 2 }}", "64-bit")]
    [InlineData("{{ (-9223372036854775807 - 1) // -1 }}", "64-bit")]
    [InlineData("{{ (-9223372036854775807 - 1) | abs }}", "64-bit")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ l }}", "too deep")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ l | tojson }}", "too deep")]
    [InlineData("{% set a = [] %}{% set b = [] %}{% set _ = a.append(b) %}{% set _ = b.append(a) %}{{ a == b }}", "too deep")]
    [InlineData("{% set ns = namespace(d=1) %}{% for i in range(1000) %}{% set ns.d = {'d': ns.d} %}{% endfor %}{{ ns.d }}", "too deep")]
    public void A_greedy_template_is_stopped(string template, string problem)
    {
        var error = Assert.Throws<TemplateException>(() => TemplateCases.Render(template, JsonSerializer.SerializeToElement(new Dictionary<string, string>()), s_small));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ ", "(", ")", " }}")]
    [InlineData("{{ ", "[", "]", " }}")]
    [InlineData("{{ ", "-", "", "1 }}")]
    [InlineData("{{ ", "not ", "", "1 }}")]
    [InlineData("{{ 1", " if 1 else 1", "", " }}")]
    [InlineData("", "{% if 1 %}", "{% endif %}", "")]
    [InlineData("", "{% for i in [1] %}", "{% endfor %}", "")]
    [InlineData("{% set ", "(", ")", " = 1 %}")]
    [InlineData("{{ 1", "+1", "", " }}")]
    [InlineData("{{ messages", ".x", "", " }}")]
    [InlineData("{{ 1", "|abs", "", " }}")]
    [InlineData("{{ 1", " is odd", "", " }}")]
    public void Deep_syntax_ends_with_an_error_on_a_small_stack(string before, string open, string close, string after)
    {
        string template = before + string.Concat(Enumerable.Repeat(open, 20_000)) + string.Concat(Enumerable.Repeat(close, 20_000)) + after;
        TemplateException? error = null;
        var thread = new Thread(() => error = Record.Exception(() => ChatTemplate.Parse(template).Render([], new ChatTemplateOptions())) as TemplateException, 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.NotNull(error);
    }

    [Fact]
    public void A_template_of_more_than_a_million_characters_is_refused()
    {
        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(new string('x', (1 << 20) + 1)));
        Assert.Contains("1048576", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_conversation_fits_the_default_limits()
    {
        string source = File.ReadAllText(TestData.Path("chat-templates/chatml.jinja"));
        ChatMessage[] messages = [.. Enumerable.Range(0, 2000).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", new string('x', 1000)))];
        Assert.True(ChatTemplate.Parse(source).Render(messages, new ChatTemplateOptions()).Length > 2_000_000);
    }
}
