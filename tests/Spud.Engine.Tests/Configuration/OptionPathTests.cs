using System.Text;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class OptionPathTests
{
    [Fact]
    public void A_path_in_a_file_is_relative_to_the_file()
    {
        PathOptions options = Bind("""{ "router": { "table": "sub/x.json", "word": "sub/x.json" } }""")!;
        Assert.Equal(Path.GetFullPath("/pipes/sub/x.json"), options.Table);
        Assert.Equal("sub/x.json", options.Word);
        Assert.Equal(Path.GetFullPath("/elsewhere/x.json"), Bind("""{ "router": { "table": "/elsewhere/x.json" } }""")!.Table);
    }

    [Fact]
    public void A_path_on_the_command_line_is_relative_to_the_current_folder() =>
        Assert.Equal(Path.GetFullPath("sub/x.json"), Bind("""{ "router": {} }""", "router.table=sub/x.json")!.Table);

    [Fact]
    public void Nothing_and_null_stay_null()
    {
        Assert.Null(Bind("{}")!.Table);
        Assert.Null(Bind("""{ "router": { "table": null } }""")!.Table);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\\u0000b")]
    public void What_is_no_path_is_a_fault(string path)
    {
        FaultList faults = new();
        Assert.NotNull(Bind($$"""{ "router": { "table": "{{path}}" } }""", faults));
        Assert.Contains("p.json:1:24: $.router.table must be the path of a file, got", Assert.Single(faults.InOrder()).ToString());
    }

    private static PathOptions? Bind(string json, params string[] edits)
    {
        FaultList faults = new();
        PathOptions? options = Bind(json, faults, edits);
        Assert.Equal(0, faults.Count);
        return options;
    }

    private static PathOptions? Bind(string json, FaultList faults, params string[] edits)
    {
        PipelineDocument document = PipelineDocument.Read(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "p.json", faults)!, "/pipes/p.json", edits.Select(edit => new PipelineEdit(edit)), faults);
        return (PathOptions?)document[Roles.Router][0].BindOptions("table", SampleJson.Default.PathOptions, faults);
    }
}
