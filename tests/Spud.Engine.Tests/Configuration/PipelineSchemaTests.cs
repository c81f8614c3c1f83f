using System.Text;
using System.Text.Json.Nodes;
using NJsonSchema;
using Spud.Composition;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class PipelineSchemaTests
{
    private static readonly ComponentOptions[] s_components =
    [
        new(Roles.Head, "cpu", SampleJson.Default.NoOptions) { Plugin = "backend.cpu", IsDefault = true },
        new(Roles.Attention, "cpu", SampleJson.Default.NoOptions) { Plugin = "backend.cpu", IsDefault = true },
        new(Roles.Attention, "torch", SampleJson.Default.NeedyOptions) { Plugin = "backend.torch" },
        new(Roles.Attention, "torch", SampleJson.Default.NoOptions) { Plugin = "other.torch" },
        new(Roles.Cache, "compressed", SampleJson.Default.CompressedOptions),
        new(Roles.Router, "dynamic", SampleJson.Default.RouterOptions) { IsDefault = true },
    ];

    private static readonly JsonObject s_document = PipelineSchema.Create(s_components);
    private static readonly JsonSchema s_schema = JsonSchema.FromJsonAsync(s_document.ToJsonString()).GetAwaiter().GetResult();

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"$schema":"x","model":"m.gguf","context":4096}""")]
    [InlineData("""{"context":null}""")]
    [InlineData("""{"head":"cpu","attention":"backend.cpu/cpu"}""")]
    [InlineData("""{"head":{"use":"backend.cpu/cpu"}}""")]
    [InlineData("""{"router":{"maxExperts":4}}""")]
    [InlineData("""{"router":{"use":"dynamic","minExperts":1,"maxExperts":256}}""")]
    [InlineData("""{"router":[{"layers":"0,2,5-7","use":"dynamic"},{"layers":"9-","phase":"decode","minExperts":2},"dynamic"]}""")]
    [InlineData("""{"router":[{"layers":3,"use":"dynamic"},"dynamic"]}""")]
    [InlineData("""{"attention":{"use":"backend.torch/torch","ranks":1,"name":"a"}}""")]
    [InlineData("""{"cache":{"use":"compressed","keys":"q8_0","values":"Q4_0","mass":0.5,"note":null,"style":"drop-old","pages":[1,2,3]}}""")]
    [InlineData("""{"cache":{"use":"compressed","tiers":[{"name":"a","below":{"name":"b","below":null}}],"last":{"name":"c","below":{"name":"d"}}}}""")]
    [InlineData("""{"cache":{"use":"compressed","weights":{"a":1.5},"patience":"00:00:30","level":7,"seed":7,"pace":"slow","label":"abc"}}""")]
    public void Good_pipelines_validate_and_bind(string json) => Assert.Equal((true, true), (Validates(json), Binds(json)));

    [Theory]
    [InlineData("""{"modle":"m"}""")]
    [InlineData("""{"model":7}""")]
    [InlineData("""{"model":""}""")]
    [InlineData("""{"context":0}""")]
    [InlineData("""{"head":"gpu"}""")]
    [InlineData("""{"head":{"use":"gpu"}}""")]
    [InlineData("""{"head":["cpu"]}""")]
    [InlineData("""{"experts":"cpu"}""")]
    [InlineData("""{"attention":"torch"}""")]
    [InlineData("""{"attention":[]}""")]
    [InlineData("""{"attention":{"use":"backend.torch/torch","ranks":1}}""")]
    [InlineData("""{"attention":{"use":"backend.torch/torch","ranks":1,"name":""}}""")]
    [InlineData("""{"attention":{"use":"backend.torch/torch","name":"a"}}""")]
    [InlineData("""{"router":{"maxExperts":0}}""")]
    [InlineData("""{"router":{"maxExperts":257}}""")]
    [InlineData("""{"router":{"maxExperts":"4"}}""")]
    [InlineData("""{"router":{"maxExperts":4.5}}""")]
    [InlineData("""{"router":{"maxExperts":null}}""")]
    [InlineData("""{"router":{"maxexperts":4}}""")]
    [InlineData("""{"router":{"layers":"0-3"}}""")]
    [InlineData("""{"router":[{"layers":"3;4"},"dynamic"]}""")]
    [InlineData("""{"router":[{"layers":-3},"dynamic"]}""")]
    [InlineData("""{"router":[{"layers":3.5},"dynamic"]}""")]
    [InlineData("""{"router":[{"phase":"both"},"dynamic"]}""")]
    [InlineData("""{"cache":{"keys":"q8_0"}}""")]
    [InlineData("""{"cache":{"use":"compressed","keys":"q8"}}""")]
    [InlineData("""{"cache":{"use":"compressed","keys":null}}""")]
    [InlineData("""{"cache":{"use":"compressed","label":"A"}}""")]
    [InlineData("""{"cache":{"use":"compressed","pages":[1,2,3,4]}}""")]
    [InlineData("""{"cache":{"use":"compressed","pages":["1"]}}""")]
    [InlineData("""{"cache":{"use":"compressed","tiers":[{"name":"a","below":{"name":"b","below":7}}]}}""")]
    [InlineData("""{"cache":{"use":"compressed","tiers":[{"name":"a","token":7}]}}""")]
    [InlineData("""{"cache":{"use":"compressed","last":{"tokens":7}}}""")]
    [InlineData("""{"cache":{"use":"compressed","pace":"fsat"}}""")]
    [InlineData("""{"cache":{"use":"compressed","style":0}}""")]
    [InlineData("""{"cache":{"use":"compressed","weights":{"a":true}}}""")]
    [InlineData("""{"cache":{"use":"compressed","exact":"yes"}}""")]
    [InlineData("""{"cache":{"use":"compressed","level":256}}""")]
    [InlineData("""{"cache":{"use":"compressed","seed":-1}}""")]
    [InlineData("""{"cache":{"use":"compressed","keepRecent":5000000000}}""")]
    public void Bad_pipelines_do_neither(string json) => Assert.Equal((false, false), (Validates(json), Binds(json)));

    [Fact]
    public void Descriptions_and_ranges_reach_the_editor()
    {
        JsonNode cache = s_document["definitions"]!["cache.compressed"]!["properties"]!;

        Assert.Equal("How keys are stored.", cache["keys"]!["description"]!.GetValue<string>());
        Assert.Equal((64, 65536), (cache["keepRecent"]!["minimum"]!.GetValue<int>(), cache["keepRecent"]!["maximum"]!.GetValue<int>()));
        Assert.Equal("f32", cache["keys"]!["enum"]![0]!.GetValue<string>());
    }

    private static bool Validates(string json) => s_schema.Validate(json).Count == 0;

    private static bool Binds(string json)
    {
        FaultList faults = new();
        PipelineDocument document = PipelineDocument.Read(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "p.json", faults)!, null, [], faults);
        foreach (RoleEntry entry in Roles.All.SelectMany(role => document[role]))
        {
            ComponentOptions[] named = [.. s_components.Where(component => component.Role == entry.Role && IsMeant(component, entry.Use))];
            if (named.Length == 1)
                entry.BindOptions(named[0].Name, named[0].Options, faults);
            else if (entry.Use is not null || entry.Node.Members.Count > 0)
                faults.Add(entry.Origin, $"{named.Length} components fit");
        }

        return faults.Count == 0;
    }

    private static bool IsMeant(ComponentOptions component, string? use) =>
        use is null ? component.IsDefault : use == component.Name || use == $"{component.Plugin}/{component.Name}";
}
