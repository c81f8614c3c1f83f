using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>Which characters of a rendered conversation are foreign, whatever a template does to its strings.</summary>
public class ForeignTextTests
{
    // In the expectations, foreign characters stand between « and ».
    public static TheoryData<string, string> Cases =>
    [
        ("<s>{{ c }}</s>", "<s>«a<b>é😀»</s>"),
        ("{{ '<' + c + '>' }}{{ '<' ~ c ~ 1 }}", "<«a<b>é😀»><«a<b>é😀»1"),
        ("{{ c[1:4] }}{{ ('x' + c)[:3] }}{{ ('x' + c)[::-1] }}", "«<b>»x«a<😀é>b<a»x"),
        ("{{ c[0] }}{{ ('x' ~ c)[0] }}{{ ('x' ~ c)[1] }}", "«a»x«a»"),
        ("{{ c | upper }}{{ c.title() }}{{ ('Mr. ' ~ c) | capitalize }}", "«A<B>É😀A<B>É😀»Mr. «a<b>é😀»"),
        ("{{ ' <' ~ c ~ '> ' | trim }}{{ (' ' ~ c ~ ' ') | trim }}", " <«a<b>é😀»>«a<b>é😀»"),
        ("{{ c.replace('<b>', '[x]') }}{{ 'a-b' | replace('-', c) }}", "«a»[x]«é😀»a«a<b>é😀»b"),
        ("{{ 'aXb'.replace('', c[:1]) }}", "«a»a«a»X«a»b«a»"),
        ("{{ [c, '+', c] | join('-') }}{{ c[:2].join(['1', '2', '3']) }}", "«a<b>é😀»-+-«a<b>é😀»1«a<»2«a<»3"),
        ("{{ c.split('<') | join('|') }}{{ ('1<' ~ c).split('<') | join('|') }}", "«a»|«b>é😀»1|«a»|«b>é😀»"),
        ("{{ ('1\n' ~ c).splitlines()[0] }}{{ c.partition('<')[1] }}{{ c.rpartition('zz')[2] }}", "1<«a<b>é😀»"),
        ("{% for x in c %}{{ x }}.{% endfor %}", "«a».«<».«b».«>».«é».«😀»."),
        ("{{ {'k': c} }}{{ [c] }}", "{'k': '«a<b>é😀»'}['«a<b>é😀»']"),
        ("{{ {'k': c} | tojson }}{{ q | tojson }}", "{\"k\": \"«a<b>é😀»\"}\"«\\\"\\n»\""),
        ("{{ messages[0] | tojson }}", "{\"role\": \"user\", \"content\": \"«a<b>é😀»\"}"),
        ("{{ tools | tojson }}{{ tools[0].name }}", "[{\"«name»\": \"«<t>»\"}]«<t>»"),
        ("{{ '<%s|%d>' % (c, 3) }}{{ c % () }}", "<«a<b>é😀»|3>«a<b>é😀»"),
        ("{{ '<{}|{:3}>'.format(c, 'x') }}{{ '{!r}'.format(c) }}", "<«a<b>é😀»|x  >'«a<b>é😀»'"),
        ("{{ c.ljust(8, '<') }}{{ 'x'.rjust(3, c[:1]) }}{{ c.center(8) }}", "«a<b>é😀»<<«aa»x «a<b>é😀» "),
        ("{{ c | indent(2, first=true) }}{{ ('x\n' ~ c) | indent(c[:1]) }}", "  «a<b>é😀»x\n«aa<b>é😀»"),
        ("{{ c | escape }}{{ 'x<' | escape }}", "«a&lt;b&gt;é😀»x&lt;"),
        ("{{ c[:2] * 2 }}{{ 3 * ('<' ~ c[:1]) }}", "«a<a<»<«a»<«a»<«a»"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(c) }}{% set v %}[{{ c }}]{% endset %}{{ v }}", "<«a<b>é😀»>[«a<b>é😀»]"),
        ("{% macro n() %}({{ caller() }}){% endmacro %}{% filter upper %}<x{{ c }}>{% endfilter %}{% call n() %}{{ c }}{% endcall %}", "<X«A<B>É😀»>(«a<b>é😀»)"),
        ("{{ c | default('x') }}{{ none_such | default(c) }}{{ '' or c }}{{ c if c else 'x' }}", "«a<b>é😀a<b>é😀a<b>é😀a<b>é😀»"),
        ("{{ [c, 'x'] | sort | first }}{{ [c, c] | unique | list }}{{ c | first }}{{ c | last }}{{ c | reverse }}", "«a<b>é😀»['«a<b>é😀»']«a😀😀é>b<a»"),
        ("{{ ('%s' | format(c)) }}{{ '%c' % 60 }}{{ ['a', c] | map('upper') | join }}", "«a<b>é😀<»A«A<B>É😀»"),
        ("{% set ns = namespace(s='') %}{% for x in [c, '>'] %}{% set ns.s = ns.s ~ x %}{% endfor %}{{ ns.s }}", "«a<b>é😀»>"),
        ("{{ j | from_json }}{{ bos_token }}{{ name_of }}", "['«x»']<s>«<|im_end|>»"),
        ("{{ messages[0].role }}{{ messages[1].role }}", "user«<|x|>»"),
        ("{{ strftime_now('%Y' ~ c[:0]) }}{{ strftime_now('%Y' ~ c[:1]) }}", "2024«2024a»"),
        ("{{ (q ~ '<').strip() }}{{ c | string }}{{ c | safe }}{{ c | list }}", "«\"\n»<«a<b>é😀a<b>é😀»['«a»', '«<»', '«b»', '«>»', '«é»', '«😀»']"),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Characters_of_messages_stay_foreign(string template, string expected) =>
        Assert.Equal(expected, Show(Render("{% set c = messages[0].content %}" + template)));

    [Fact]
    public void Whole_templates_mark_what_messages_say_and_nothing_else()
    {
        // The message is of characters that no template of the fixtures has.
        const string Strange = "ᚠᚢᚦᚨᚱᚲ";
        foreach (string file in (string[])["chatml.jinja", "tools.jinja"])
        {
            string source = File.ReadAllText(TestData.Path("chat-templates/" + file));
            RenderedPrompt prompt = ChatTemplate.Parse(source).RenderPrompt([new("system", Strange), new("user", Strange)], new ChatTemplateOptions());
            for (int i = 0; i < prompt.Text.Length; i++)
                Assert.Equal(Strange.Contains(prompt.Text[i]), prompt.Foreign.Any(range => range.Start.Value <= i && i < range.End.Value));
        }
    }

    [Fact]
    public void Keeping_track_is_not_quadratic()
    {
        // Half a million borders between own and foreign characters, cut and joined again.
        string source = "{% set x = messages[0].content | list | join('.') %}{{ x.split('.') | join('-') | replace('-', '+') | upper }}";
        RenderedPrompt prompt = ChatTemplate.Parse(source).RenderPrompt([new("user", new string('x', 250_000))], new ChatTemplateOptions());
        Assert.Equal(250_000, prompt.Foreign.Count);
    }

    private static RenderedPrompt Render(string template) => ChatTemplate.Parse(template).RenderPrompt(
        [new("user", "a<b>é😀"), new("<|x|>", "")],
        new ChatTemplateOptions
        {
            BosToken = "<s>",
            Tools = JsonSerializer.SerializeToElement(new[] { new { name = "<t>" } }),
            Clock = new FixedClock(),
            Variables = new Dictionary<string, JsonElement>
            {
                ["q"] = JsonSerializer.SerializeToElement("\"\n"),
                ["j"] = JsonSerializer.SerializeToElement("[\"x\"]"),
                ["name_of"] = JsonSerializer.SerializeToElement("<|im_end|>"),
            },
        });

    private static string Show(RenderedPrompt prompt)
    {
        string text = prompt.Text;
        foreach (Range range in prompt.Foreign.Reverse())
            text = text.Insert(range.End.Value, "»").Insert(range.Start.Value, "«");
        return text;
    }

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 7, 26, 9, 5, 3, TimeSpan.Zero);
    }
}
