using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>One template a construct of the language; the expectations are Jinja's own output.</summary>
public class ConstructTests
{
    private static readonly JsonElement s_file = TemplateCases.Read("constructs.json");

    public static TheoryData<string, string, string> CasesThatRender => [.. Cases(fails: false).Select(c => (About(c), Template(c), c.GetProperty("expected").GetString()!))];

    public static TheoryData<string, string> CasesThatFail => [.. Cases(fails: true).Select(c => (About(c), Template(c)))];

    [Theory]
    [MemberData(nameof(CasesThatRender))]
    public void A_construct_renders_as_in_Jinja(string about, string template, string expected)
    {
        Assert.NotEmpty(about);
        Assert.Equal(expected, TemplateCases.Render(template, s_file.GetProperty("variables")));
    }

    [Theory]
    [MemberData(nameof(CasesThatFail))]
    public void What_Jinja_refuses_is_refused_with_a_place(string about, string template)
    {
        Assert.NotEmpty(about);
        TemplateException error = Assert.Throws<TemplateException>(() => TemplateCases.Render(template, s_file.GetProperty("variables")));
        Assert.StartsWith($"chat template, line {error.Line}, column {error.Column}: ", error.Message);
        Assert.True(error.Line >= 1 && error.Column >= 1 && error.Problem.Length > 0);
    }

    private static IEnumerable<JsonElement> Cases(bool fails) =>
        s_file.GetProperty("cases").EnumerateArray().Where(c => c.GetProperty("expected").ValueKind == JsonValueKind.Null == fails);

    private static string About(JsonElement testCase) => testCase.GetProperty("about").GetString()!;

    private static string Template(JsonElement testCase) => testCase.GetProperty("template").GetString()!;
}
