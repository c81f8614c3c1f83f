using System.Text;
using System.Text.Json;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class SetOptionTests
{
    private const string Tree = """{ "model": "m.gguf", "router": { "use": "top-k", "maxExperts": 8 }, "attention": [ { "layers": "0-3", "use": "torch" }, { "use": "cpu" } ] }""";

    [Theory]
    [InlineData("router.maxExperts=4", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":4},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    [InlineData("$.router.maxExperts=4", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":4},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    [InlineData("attention[0].use=cpu", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"cpu"},{"use":"cpu"}]}""")]
    [InlineData("attention[1]={\"heads\":2}", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu","heads":2}]}""")]
    [InlineData("attention[1]=gpu", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},"gpu"]}""")]
    [InlineData("attention=[\"cpu\"]", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":8},"attention":["cpu"]}""")]
    [InlineData("cache={\"use\":\"plain\"}", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}],"cache":{"use":"plain"}}""")]
    [InlineData("cache.deep.er=true", """{"model":"m.gguf","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}],"cache":{"deep":{"er":true}}}""")]
    [InlineData("router={\"use\":\"dynamic\",\"mass\":0.5}", """{"model":"m.gguf","router":{"use":"dynamic","maxExperts":8,"mass":0.5},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    [InlineData("router=dynamic", """{"model":"m.gguf","router":"dynamic","attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    [InlineData("model=a=b \"c\"", """{"model":"a=b \u0022c\u0022","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    [InlineData("model=", """{"model":"","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    [InlineData("model={\"a\":", """{"model":"{\u0022a\u0022:","router":{"use":"top-k","maxExperts":8},"attention":[{"layers":"0-3","use":"torch"},{"use":"cpu"}]}""")]
    public void Objects_merge_and_everything_else_replaces(string edit, string expected)
    {
        FaultList faults = new();
        ConfigObject tree = Parse(faults);
        SetOption.Apply(tree, new(edit), faults);

        Assert.Empty(faults.InOrder());
        Assert.Equal(expected, Json(tree));
    }

    [Theory]
    [InlineData("router", "expected path=value, such as router.maxExperts=4.")]
    [InlineData("=1", "'' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("a..b=1", "'a..b' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("a.=1", "'a.' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("a[x]=1", "'a[x]' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("a[0=1", "'a[0' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("a[0]b=1", "'a[0]b' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("[0]=1", "'[0]' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("a[-1]=1", "'a[-1]' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.")]
    [InlineData("attention[2].use=cpu", "$.attention[2] is not there: the array has 2 entries, counted from 0. Set it as a whole to add one.")]
    [InlineData("attention[2]=cpu", "$.attention[2] is not there: the array has 2 entries, counted from 0. Set it as a whole to add one.")]
    [InlineData("experts[0].use=cpu", "$.experts is not there, so it has no entries. Set it as a whole.")]
    [InlineData("attention.use=cpu", "$.attention is an array, not an object, so 'attention.use' leads nowhere.")]
    [InlineData("router[0]=cpu", "$.router is an object, not an array, so 'router[0]' leads nowhere.")]
    [InlineData("router.maxExperts.x=1", "$.router.maxExperts is 8, not an object, so 'router.maxExperts.x' leads nowhere.")]
    [InlineData("router={\"a\":1,\"a\":2}", "'a' appears twice, first at --set router={\"a\":1,\"a\":2}. Keep one of them.")]
    public void A_path_that_leads_nowhere_is_a_fault_that_names_it(string edit, string expected)
    {
        FaultList faults = new();
        SetOption.Apply(Parse(faults), new(edit), faults);

        Assert.Equal($"--set {edit}: {expected}", Assert.Single(faults.InOrder()).ToString());
    }

    [Fact]
    public void Depth_is_bounded_in_paths_and_values()
    {
        FaultList faults = new();
        ConfigObject tree = Parse(faults);
        SetOption.Apply(tree, new(string.Join('.', Enumerable.Repeat("a", 1000)) + "=1"), faults);
        SetOption.Apply(tree, new("b=" + new string('[', 1000)), faults);

        Assert.Equal(2, faults.Count);
        Assert.Contains("is not a path", faults.InOrder()[0].Message, StringComparison.Ordinal);
        Assert.Equal("nested deeper than 64 levels.", faults.InOrder()[1].Message);
    }

    [Fact]
    public void A_value_knows_that_it_came_from_the_command_line()
    {
        FaultList faults = new();
        ConfigObject tree = Parse(faults);
        SetOption.Apply(tree, new("router={\"mass\":2}"), faults);

        Assert.Equal("--set router={\"mass\":2}", ((ConfigObject)tree["router"]!)["mass"]!.Origin.ToString());
        Assert.True(tree["model"]!.Origin.IsInFile);
    }

    [Fact]
    public void Text_that_is_no_Unicode_does_no_harm()
    {
        FaultList faults = new();
        ConfigObject tree = Parse(faults);
        SetOption.Apply(tree, new("model=a\ud800b"), faults);

        Assert.Equal("a\ufffdb", ((ConfigScalar)tree["model"]!).Text);
    }

    private static ConfigObject Parse(FaultList faults) => ConfigFile.Parse(Encoding.UTF8.GetBytes(Tree), "p.json", faults)!;

    private static string Json(ConfigObject tree)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
            tree.WriteTo(writer);
        return Encoding.UTF8.GetString(json.ToArray());
    }
}
