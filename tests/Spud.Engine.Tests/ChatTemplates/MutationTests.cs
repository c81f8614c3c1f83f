using System.Text;
using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>Templates with random damage either render or fail with a TemplateException, within the limits on steps and memory.</summary>
public class MutationTests
{
    private const int Mutants = 10_000;
    private const long MaxBytesEach = 64L << 20;

    private static readonly string[] s_fragments =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", "{% for x in y %}", "{% endfor %}", "{% if x %}", "{% endif %}", "{% set x = x %}", "{% macro m(a) %}", "{% endmacro %}",
        "m(m)", "|tojson", "|join", " * 99999999", " ** 99", "[::-1]", "range(99999)", ".append(messages)", "'", "\"", "\\", "(", ")", "[", "]", "{", "}", "~", "|", " is ", " not ", " in ", "\ud800", "😀", "\0", "%", "9223372036854775807", "'%9999s'", "'{:>9999}'.format(1)",
    ];

    [Fact]
    public void Ten_thousand_mutants_end_with_text_or_with_a_TemplateException()
    {
        string[] sources = [.. Sources()];
        JsonElement[] conversations = [.. TemplateCases.Conversations.Values];
        var limits = new TemplateLimits { Steps = 200_000, WorkCharacters = 4_000_000, OutputCharacters = 1_000_000 };
        var random = new Random(20240726);
        int rendered = 0;
        for (int i = 0; i < Mutants; i++)
        {
            string mutant = Mutate(sources[random.Next(sources.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            rendered += Renders(mutant, conversations[random.Next(conversations.Length)], limits) ? 1 : 0;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxBytesEach, $"mutant {i} allocated {allocated} bytes:\n{mutant}");
        }

        Assert.InRange(rendered, Mutants / 20, Mutants - Mutants / 20);
    }

    private static bool Renders(string template, JsonElement conversation, TemplateLimits limits)
    {
        try
        {
            TemplateCases.Render(template, conversation, limits);
            return true;
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Sources()
    {
        yield return File.ReadAllText(TestData.Path("chat-templates/chatml.jinja"));
        yield return File.ReadAllText(TestData.Path("chat-templates/tools.jinja"));
        foreach (JsonElement testCase in TemplateCases.Read("constructs.json").GetProperty("cases").EnumerateArray())
            yield return testCase.GetProperty("template").GetString()!;
    }

    private static string Mutate(string source, Random random)
    {
        var text = new StringBuilder(source);
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 20), text.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, s_fragments[random.Next(s_fragments.Length)]);
                    break;
                case 2:
                    text.Insert(random.Next(text.Length + 1), text.ToString(at, length));
                    break;
                default:
                    text.Insert(at, (char)random.Next(1, 128));
                    break;
            }
        }

        return text.ToString();
    }
}
