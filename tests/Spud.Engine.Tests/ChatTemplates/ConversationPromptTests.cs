using System.Globalization;
using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

public class ConversationPromptTests
{
    // As Mistral's and Gemma's: roles alternate, and a system message is refused.
    private const string Refuses = """
        {%- for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}[{{ m.role }}]{{ m.content }}{% endfor %}
        """;

    private const string LeavesOut = "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endfor %}";
    private const string Takes = "{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}{% endfor %}";

    [Theory]
    [InlineData(Refuses, "[user]Be brief.\nHi[assistant]Yes?[user]Bye")]
    [InlineData(LeavesOut, "[user]Be brief.\nHi[assistant]Yes?[user]Bye")]
    [InlineData(Takes, "[system]Be brief.[user]Hi[assistant]Yes?[user]Bye")]
    public void A_system_message_that_the_template_refuses_goes_before_the_first_user_message(string template, string expected)
    {
        ChatMessage[] messages = [new("system", "Be brief."), new("user", "Hi"), new("assistant", "Yes?"), new("user", "Bye")];
        Assert.Equal(expected, Render(template, messages));
        ChatMessage[] fromJson = [.. messages.Select(m => ChatMessage.FromJson(JsonSerializer.SerializeToElement(new { role = m.Role, content = m.Content, more = 1 })))];
        Assert.Equal(expected, Render(template, fromJson));
    }

    [Fact]
    public void A_conversation_that_is_refused_either_way_is_refused_for_its_own_reason()
    {
        const string Template = "{{ raise_exception('got ' ~ messages | length) }}";
        TemplateException refusal = Assert.Throws<TemplateException>(() => Render(Template, [new("system", "s"), new("user", "u")]));
        Assert.EndsWith("got 2", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u2212")]
    [InlineData("\u200e-")]
    public void Numbers_are_written_the_same_way_under_every_culture(string minus)
    {
        // As in sv-SE and ar-SA: tests run with invariant globalization, without the data of these cultures.
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = minus;
        culture.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo before = CultureInfo.CurrentCulture;
        const string Template = "{{ n | tojson }} {{ -3 }} {{ 5 - 8 }} {{ '%d' % -4 }} {{ '%i|%x' % (-4, -255) }} {{ -1.5 }} {{ [n, -1.5e-7] }} {{ '{:d} {:,}'.format(-4, 1234567.5) }} {{ '-7' | int }} {{ '-7.5' | float }} {{ messages[0]['-1'] is defined }} {{ [1, 2] | map(attribute='-1') | list | length }} {{ strftime_now('%e %j %w %s') }}";
        try
        {
            string invariant = Rendered();
            CultureInfo.CurrentCulture = culture;
            Assert.Equal(invariant, Rendered());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string Rendered() => ChatTemplate.Parse(Template).Render([new("user", "x")], new()
        {
            Variables = new Dictionary<string, JsonElement> { ["n"] = JsonSerializer.SerializeToElement(-90) },
            Clock = new OldClock(),
        });
    }

    private static string Render(string template, ChatMessage[] messages) => ConversationPrompt.Render(ChatTemplate.Parse(template), messages, new()).Text;

    /// <summary>Before 1970, where seconds are negative.</summary>
    private sealed class OldClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(1969, 7, 20, 20, 17, 40, TimeSpan.Zero);
    }
}
