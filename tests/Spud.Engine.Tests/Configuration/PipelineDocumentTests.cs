using System.Diagnostics;
using System.Text;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class PipelineDocumentTests
{
    private const string Good = """
        {
          "$schema": "spud-pipeline.schema.json",
          "model": "models/m.gguf",
          "context": 4096, // tokens
          "head": "cpu",
          "router":    { "use": "dynamic", "minExperts": 1, "maxExperts": 8 },
          "experts":   [ { "layers": "0-3", "phase": "decode", "use": "torch" }, { "phase": "prefill", "use": "onnx" }, "cpu" ],
          "cache":     { "use": "compressed", "keys": "q8_0" },
        }
        """;

    [Fact]
    public void A_pipeline_is_data()
    {
        PipelineDocument document = Read(Good, out string[] faults);

        Assert.Empty(faults);
        Assert.Equal(Path.GetFullPath("/pipes/models/m.gguf"), document.Model);
        Assert.Equal(4096, document.ContextTokens);
        Assert.Equal("cpu", Assert.Single(document[Roles.Head]).Use);
        Assert.Equal("dynamic", Assert.Single(document[Roles.Router]).Use);
        Assert.Null(Assert.Single(document[Roles.Attention]).Use);
        Assert.Equal(["torch", "onnx", "cpu"], document[Roles.Experts].Select(entry => entry.Use));
    }

    [Theory]
    [InlineData(0, Phase.Decode, "torch")]
    [InlineData(3, Phase.Decode, "torch")]
    [InlineData(4, Phase.Decode, "cpu")]
    [InlineData(0, Phase.Prefill, "onnx")]
    [InlineData(9, Phase.Prefill, "onnx")]
    public void The_first_entry_that_serves_a_layer_and_phase_wins(int layer, Phase phase, string use) =>
        Assert.Equal(use, Read(Good, out _)[Roles.Experts].First(entry => entry.Serves(layer, phase)).Use);

    [Fact]
    public void Without_a_file_every_role_is_the_hosts_choice()
    {
        Assert.All(Roles.All, role => Assert.Null(Assert.Single(PipelineDocument.Default[role]).Use));
        Assert.Null(PipelineDocument.Default.Model);
        Assert.Null(PipelineDocument.Default.ContextTokens);
    }

    [Fact]
    public void Options_can_be_set_without_a_file_and_without_a_name()
    {
        PipelineDocument document = PipelineDocument.Load(null, ["router.maxExperts=4", "cache=compressed", "cache.keys=f16", "attention=cpu", "model=m.gguf"]);
        FaultList faults = new();
        RoleEntry router = Assert.Single(document[Roles.Router]), cache = Assert.Single(document[Roles.Cache]);

        Assert.Equal(4, ((RouterOptions)router.BindOptions("top-k", SampleJson.Default.RouterOptions, faults)!).MaxExperts);
        Assert.Equal(ElementType.F16, ((CompressedOptions)cache.BindOptions("compressed", SampleJson.Default.CompressedOptions, faults)!).Keys);
        Assert.Equal((null, "compressed", "cpu"), (router.Use, cache.Use, document[Roles.Attention][0].Use));
        Assert.Equal(Path.GetFullPath("m.gguf"), document.Model); // the command line's paths are relative to the current directory
    }

    [Fact]
    public void An_edit_reaches_into_a_component_that_was_named_in_short() =>
        Assert.Equal("torch", Read("""{ "experts": [ { "layers": "0", "use": "onnx" }, "cpu" ] }""", out _, "experts[1].use=torch")[Roles.Experts][1].Use);

    [Fact]
    public void Options_are_bound_with_the_name_of_their_component()
    {
        FaultList faults = new();
        RoleEntry entry = Read("{\n\n\n  \"cache\": { \"use\": \"compressed\",\n    \"bits\": 4, \"keepRecent\": 1 } }", out _)[Roles.Cache][0];

        Assert.Null(entry.BindOptions("compressed", SampleJson.Default.CompressedOptions, faults));
        Assert.Equal(
            [
                "p.json:5:5: $.cache.bits is not an option of cache 'compressed'. Known: keys, values, keepRecent, mass, exact, label, note, patience, style, pages, tiers, last, weights, level, seed, pace.",
                "p.json:5:30: $.cache.keepRecent must be a whole number from 64 to 65536, got 1.",
            ],
            faults.InOrder().Select(fault => fault.ToString()));
    }

    [Theory]
    [InlineData("""{"modle":"m"}""", "p.json:1:2: $.modle is not a member of a pipeline. Known: $schema, head, attention, cache, router, experts, scheduler, drafter, depth, model, context, rope, budget. Did you mean 'model'?")]
    [InlineData("""{"atention":"m"}""", "p.json:1:2: $.atention is not a member of a pipeline. Known: $schema, head, attention, cache, router, experts, scheduler, drafter, depth, model, context, rope, budget. Did you mean 'attention'?")]
    [InlineData("""{"model":7}""", "p.json:1:10: $.model must be a string, got 7.")]
    [InlineData("""{"model":""}""", "p.json:1:10: $.model must not be empty.")]
    [InlineData("""{"model":"a\u0000"}""", "p.json:1:10: $.model is not a path: it contains a null character.")]
    [InlineData("""{"context":0}""", "p.json:1:12: $.context must be a whole number of at least 1 or null, got 0.")]
    [InlineData("""{"context":"4k"}""", "p.json:1:12: $.context must be a whole number of at least 1 or null, got \"4k\".")]
    [InlineData("""{"cache":"a","cache":"b"}""", "p.json:1:14: 'cache' appears twice, first at p.json:1:2. Keep one of them.")]
    [InlineData("""{"cache":7}""", "p.json:1:10: $.cache must be a component's name, an object with 'use', got 7.")]
    [InlineData("""{"router":7}""", "p.json:1:11: $.router must be a component's name, an object with 'use' or an array of such objects, got 7.")]
    [InlineData("""{"cache":[{"use":"a"}]}""", "p.json:1:10: $.cache must be a component's name, an object with 'use', got an array.")]
    [InlineData("""{"cache":{"use":"a","layers":"0-3"}}""", "p.json:1:21: $.cache.layers has no place here: the cache is the same for all layers and phases.")]
    [InlineData("""{"router":{"use":"a","phase":"decode"}}""", "p.json:1:22: $.router.phase belongs into an array of entries, whose last one has neither 'layers' nor 'phase'.")]
    [InlineData("""{"router":{"use":7}}""", "p.json:1:18: $.router.use must be the name of a component, got 7.")]
    [InlineData("""{"router":""}""", "p.json:1:11: $.router.use must be the name of a component, got \"\".")]
    [InlineData("""{"router":{"use":"a","fold":"x"}}""", "p.json:1:22: $.router.fold: only attention has folds to decorate.")]
    [InlineData("""{"router":{"use":"a","pack":["x"]}}""", "p.json:1:29: $.router.pack must be the path of a file, got an array.")]
    [InlineData("""{"attention":{"use":"a","fold":[]}}""", "p.json:1:32: $.attention.fold must be an array of objects with 'use', outermost first, got an empty array.")]
    [InlineData("""{"router":[]}""", "p.json:1:11: $.router has no entries. Leave it out to get the default component.")]
    [InlineData("""{"router":[7]}""", "p.json:1:12: $.router[0] must be a component's name or an object with 'use', got 7.")]
    [InlineData("""{"router":[{"layers":"3-1","use":"a"},"b"]}""", "p.json:1:22: $.router[0].layers must be layers from 0 to 1023 such as \"0-3\", \"0,2,5-7\" or \"4-\", got \"3-1\".")]
    [InlineData("""{"router":[{"layers":3.5,"use":"a"},"b"]}""", "p.json:1:22: $.router[0].layers must be layers from 0 to 1023 such as \"0-3\", \"0,2,5-7\" or \"4-\", got 3.5.")]
    [InlineData("""{"router":[{"phase":"prefil","use":"a"},"b"]}""", "p.json:1:21: $.router[0].phase must be \"prefill\" or \"decode\", got \"prefil\". Did you mean 'prefill'?")]
    [InlineData("""{"router":[{"layers":"0-3","use":"a"}]}""", "p.json:1:12: $.router[0] must have neither 'layers' nor 'phase': the last entry serves what no other does.")]
    [InlineData("""{"router":["a","b"]}""", "p.json:1:16: $.router[1] is never used: earlier entries serve all of its layers and phases.")]
    [InlineData("""{"router":[{"layers":"0-3","use":"a"},{"layers":"1-2","use":"b"},"c"]}""", "p.json:1:39: $.router[1] is never used: earlier entries serve all of its layers and phases.")]
    [InlineData("""{"router":[{"layers":"0-3","use":"a"},{"layers":"4-","use":"b"},{"phase":"decode","use":"c"},"d"]}""", "p.json:1:65: $.router[2] is never used: earlier entries serve all of its layers and phases.")]
    [InlineData("""{"router":[{"phase":"decode","use":"a"},{"phase":"decode","layers":"9","use":"b"},"d"]}""", "p.json:1:41: $.router[1] is never used: earlier entries serve all of its layers and phases.")]
    public void A_fault_has_its_place_and_says_what_to_do(string json, string expected)
    {
        Read(json, out string[] faults);
        Assert.Equal([expected], faults);
    }

    [Theory]
    [InlineData("""{"router":[{"phase":"decode","use":"a"},{"phase":"prefill","use":"b"},"c"]}""")]
    [InlineData("""{"router":[{"layers":"0-3","use":"a"},{"layers":"2-5","use":"b"},"c"]}""")]
    [InlineData("""{"router":[{"phase":"decode","use":"a"},{"layers":"0","use":"b"},{"use":"c"}]}""")]
    [InlineData("""{"router":["a"]}""")]
    [InlineData("""{"router":{"maxExperts":3}}""")]
    [InlineData("""{}""")]
    public void Overlaps_and_full_covers_are_fine(string json)
    {
        Read(json, out string[] faults);
        Assert.Empty(faults);
    }

    [Fact]
    public void Faults_of_file_and_edits_come_at_once_file_first()
    {
        Read("""{"cache":7,"modle":1}""", out string[] faults, "router.use=7", "a..b=1");

        Assert.Equal(["p.json:1:10", "p.json:1:12", "--set a..b=1", "--set router.use=7"], faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_refused_pipeline_is_an_exception_with_a_line_for_each_fault()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => PipelineDocument.Load(null, ["context=0", "cache=7"]));

        Assert.Equal(2, refused.Faults.Length);
        Assert.Equal(
            "--set context=0: $.context must be a whole number of at least 1 or null, got 0.\n--set cache=7: $.cache must be a component's name, an object with 'use', got 7.",
            refused.Message);
    }

    [Fact]
    public void Edits_of_an_unreadable_file_bring_no_faults_of_their_own()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => PipelineDocument.Load("no/such.json", ["attention[0].use=cpu"]));
        Assert.Equal("no/such.json: no such file.", refused.Message);
    }

    [Fact]
    public void Layers_that_the_model_lacks_are_faults_once_it_is_known()
    {
        PipelineDocument document = Read("""{"router":[{"layers":"2-30","use":"a"},{"layers":"30-","use":"b"},"c"]}""", out _);
        FaultList thirty = new(), more = new();
        document.CheckLayers(30, thirty);
        document.CheckLayers(31, more);

        Assert.Equal(
            [
                "p.json:1:22: $.router[0].layers names layer 30, but the model has 30 layers, 0 to 29.",
                "p.json:1:50: $.router[1].layers names layer 30, but the model has 30 layers, 0 to 29.",
            ],
            thirty.InOrder().Select(fault => fault.ToString()));
        Assert.Equal(0, more.Count);
    }

    [Fact]
    public void Mutated_pipelines_give_a_document_or_faults()
    {
        byte[] original = Encoding.UTF8.GetBytes(Good);
        int good = 0;
        for (int seed = 0; seed < JsonMutator.Count; seed++)
        {
            byte[] mutant = new JsonMutator(seed).Mutate(original);
            long before = GC.GetAllocatedBytesForCurrentThread();
            FaultList faults = new();
            ConfigObject? tree = ConfigFile.Parse(mutant, "p.json", faults);
            if (tree is not null)
            {
                PipelineDocument document = PipelineDocument.Read(tree, "/pipes/p.json", [new("router.maxExperts=4"), new("experts[0].use=cpu")], faults);
                document[Roles.Router][0].BindOptions("dynamic", SampleJson.Default.RouterOptions, faults);
                document[Roles.Cache][0].BindOptions("compressed", SampleJson.Default.CompressedOptions, faults);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 1_000_000 + 300L * mutant.Length, $"seed {seed}: {allocated} bytes allocated for {mutant.Length}");
            Assert.True(tree is not null || faults.Count > 0, $"seed {seed}: nothing came of it");
            Assert.All(faults.InOrder(), fault => Assert.DoesNotContain('\n', fault.ToString()));
            good += faults.Count == 0 ? 1 : 0;
        }

        Assert.InRange(good, 1, JsonMutator.Count - 1); // both ends are reached
    }

    [Theory]
    [InlineData("{\"router\":[", "{},", "{}]}")]
    [InlineData("{\"router\":[", "{\"layers\":\"0\"},", "{}]}")]
    [InlineData("{\"router\":[{\"layers\":\"", "0-,", "1\"},\"a\"]}")]
    [InlineData("{\"router\":[", "7,", "{}]}")]
    [InlineData("{\"cache\":{", "\"keys\":\"q8_0\",", "}}")]
    [InlineData("{\"cache\":{\"tiers\":[", "{\"names\":0},", "]}}")]
    [InlineData("{\"cache\":{\"pages\":[", "1,", "]}}")]
    [InlineData("{\"cache\":{\"label\":\"", "a", "\"}}")]
    [InlineData("{\"", "a", "\":1}")]
    [InlineData("{", "\n", "}")]
    [InlineData("{", "/**/", "}")]
    [InlineData("{\"model\":\"", "../", "\"}")]
    public void A_megabyte_of_anything_is_answered_in_time_and_space(string begin, string repeated, string end)
    {
        int times = (ConfigFile.MaxBytes - begin.Length - end.Length) / repeated.Length;
        string json = begin + string.Concat(Enumerable.Repeat(repeated, times)) + end;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        PipelineDocument document = Read(json, out _, "context=5");
        FaultList faults = new();
        document[Roles.Cache][0].BindOptions("compressed", SampleJson.Default.CompressedOptions, faults);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600L * ConfigFile.MaxBytes);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60)); // a hang, not a benchmark: the machine may be busy
    }

    private static PipelineDocument Read(string json, out string[] messages, params string[] edits)
    {
        FaultList faults = new();
        PipelineDocument document = PipelineDocument.Read(ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "p.json", faults)!, "/pipes/p.json", edits.Select(edit => new PipelineEdit(edit)), faults);
        messages = [.. faults.InOrder().Select(fault => fault.ToString())];
        return document;
    }
}
