using System.Text.Json;
using Spud.Text.ChatTemplates;

namespace Spud.Tests.ChatTemplates;

/// <summary>The committed templates, conversations and expectations, and how to render one with the other.</summary>
internal static class TemplateCases
{
    public static JsonElement Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.Path("chat-templates/" + file)));
        return document.RootElement.Clone();
    }

    public static Dictionary<string, JsonElement> Members(JsonElement json) =>
        json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);

    /// <summary>The conversations by name; each is a set of variables.</summary>
    public static Dictionary<string, JsonElement> Conversations { get; } =
        Read("conversations.json").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("variables"));

    /// <summary>Renders a template with variables as they stand in JSON; null where it fails with a TemplateException.</summary>
    public static string? TryRender(string source, JsonElement variables)
    {
        try
        {
            return Render(source, variables);
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    public static string Render(string source, JsonElement variables, TemplateLimits? limits = null)
    {
        Dictionary<string, JsonElement> rest = Members(variables);
        ChatMessage[] messages = rest.Remove("messages", out JsonElement given) ? [.. given.EnumerateArray().Select(ChatMessage.FromJson)] : [];
        JsonElement? tools = rest.Remove("tools", out JsonElement offered) ? offered : null;
        return ChatTemplate.Parse(source).Render(messages, new ChatTemplateOptions
        {
            BosToken = "<s>",
            EosToken = "</s>",
            Tools = tools,
            Variables = rest,
            Clock = new FixedClock(),
            Limits = limits ?? TemplateLimits.Default,
        });
    }

    /// <summary>Friday, the 26th of July 2024, 09:05:03.</summary>
    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 7, 26, 9, 5, 3, TimeSpan.Zero);
    }
}
