using System.Runtime.InteropServices;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Models;
using Spud.Plugins;
using Spud.Tests.Models;
using Spud.Tests.Plugins;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>Components that are built on other components, with packs and figures of their own.</summary>
public sealed class DecorationTests : IDisposable
{
    private static readonly string[] s_exact = ["head.activations=f32", "attention.activations=f32", "experts.activations=f32", "cache.format=f32"];

    private static readonly string[] s_decorated =
    [
        """head={"use":"biased","inner":{"use":"cpu","activations":"f32"}}""",
        """attention={"use":"counted","inner":{"use":"cpu","activations":"f32"}}""",
        """cache={"use":"counted","inner":{"use":"plain","format":"f32"}}""",
        """router={"use":"capped","inner":"top-k"}""",
        """experts={"use":"scaled","inner":{"use":"cpu","activations":"f32"}}""",
    ];

    private readonly PluginFolders _folders = new();
    private readonly TempFolder _files = new();

    public DecorationTests()
    {
        _folders.Add("Wrapper");
        _folders.Add("Reference");
    }

    public void Dispose()
    {
        _folders.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Every_role_can_be_built_on_another_component_of_the_role()
    {
        (float[] plain, Ledger bill) = Run("mixtral", s_exact);
        (float[] decorated, Ledger decoratedBill) = Run("mixtral", s_decorated);

        Assert.InRange(plain.Zip(decorated, (a, b) => MathF.Abs(a - b)).Max(), 0, 2e-5f * (plain.Max() - plain.Min()));
        Assert.Equal(bill.Flops, decoratedBill.Flops); // weights count where they are taken: by the component inside
        Assert.Equal(bill.Total.GigabytesRead, decoratedBill.Total.GigabytesRead);
    }

    [Fact]
    public void Both_components_are_explained_and_their_workspaces_do_not_overlap()
    {
        using PluginCatalog catalog = Catalog();
        using Pipeline pipeline = Compose("mixtral", catalog, s_decorated);
        ComponentExplanation[] experts = [.. PipelineExplanation.Of(pipeline).Components.Where(component => component.Role == Roles.Experts)];

        Assert.Equal([("wrapper/scaled", null), ("backend.cpu/cpu", "wrapper/scaled")], experts.Select(component => ($"{component.Plugin}/{component.Name}", component.Within)));
        Assert.Equal([0, 4 * pipeline.Model.Layers.Length], experts.Select(component => component.Weights));
        PipelineComponent outer = pipeline.Parts.Components.Single(component => component.Registered.FullName == "wrapper/scaled"), inner = Assert.Single(outer.Inner);
        (Workspace Share, long End)[] shares = [.. outer.Workspaces.Concat(inner.Workspaces).Select(share => (share, share.View(ElementType.I8, 1).Address + share.Bytes)).OrderBy(share => share.Item2)];
        Assert.True(shares.Length > 1);
        for (int i = 1; i < shares.Length; i++)
            Assert.True(shares[i].Share.View(ElementType.I8, 1).Address >= shares[i - 1].End, "two workspaces that are in use at the same time overlap");
    }

    [Fact]
    public void A_decorator_knows_what_the_component_inside_it_knows()
    {
        string through = """experts={"use":"scaled","inner":"cpu"}""", silent = """experts={"use":"scaled","inner":"cpu","hidesOffer":true}""";
        Run("qwen2moe", [through]);

        Assert.Contains("experts 'wrapper/scaled' does not know experts.shared, experts.shared-gate, which model family 'qwen2moe' needs", Refused("qwen2moe", silent));
    }

    [Fact]
    public void A_decorator_passes_on_the_state_of_the_component_inside_it_or_is_refused()
    {
        Run("mixtral", ["""router={"use":"capped","inner":{"use":"reference/prompt","borderTokens":64}}"""]);
        string refused = Refused("mixtral", """cache={"use":"counted","inner":"reference/observed"}""");
        Assert.EndsWith("cache 'wrapper/counted' is built on reference/observed, which keeps state of sequences, and does not pass it on (IKeepsSequenceState). Name reference/observed in its place, or a component that does.", refused);
    }

    [Theory]
    [InlineData("""router={"use":"capped","inner":"top-q"}""", "no plugin offers router 'top-q'. Known: ")]
    [InlineData("""router={"use":"capped","inner":{"use":"top-k","expert":2}}""", "$.router.inner.expert is not an option of router 'top-k'. Known: experts")]
    [InlineData("""router={"use":"capped","inner":{"experts":2}}""", "$.router.inner must be the name of a component or an object with 'use', got ")]
    [InlineData("""router={"use":"capped","inner":{"use":"top-k","layers":"0"}}""", "$.router.inner.layers has no place here: a component inside another one serves the same layers and phase.")]
    [InlineData("""router={"use":"capped","inner":7}""", "$.router.inner must be the name of a component or an object with 'use', got 7.")]
    public void What_is_wrong_with_the_inner_component_is_said_where_it_was_written(string setting, string message)
    {
        string refusal = Refused("mixtral", setting);
        Assert.StartsWith("--set router=", refusal, StringComparison.Ordinal);
        Assert.Contains(message, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Decorators_can_be_nested_but_not_without_end()
    {
        Run("mixtral", [Nested(3)]);
        Assert.Contains("router 'top-k' is nested in 9 others, expected at most 8.", Refused("mixtral", Nested(9)));

        static string Nested(int depth) => $"router={string.Concat(Enumerable.Repeat("""{"use":"capped","inner":""", depth))}\"top-k\"{new string('}', depth)}";
    }

    [Fact]
    public void A_decorator_that_hides_native_threads_is_refused()
    {
        string frozen = Path.Combine(_folders.Path, "frozen");
        Directory.CreateDirectory(frozen);
        foreach (string file in Directory.GetFiles(TestData.Path("frozen-plugin-1.0/plugin")))
            File.Copy(file, Path.Combine(frozen, Path.GetFileName(file)));

        Assert.EndsWith(
            "experts 'wrapper/scaled' is built on frozen/frozen, which computes on the threads of none, and its own offer does not say so. This is a fault of the plugin.",
            Refused("llama", """experts={"use":"scaled","inner":"frozen","hidesOffer":true}"""));
    }

    [Fact]
    public void Figures_are_counted_by_request_and_billed_by_nobody()
    {
        PriceList prices = PriceList.Parse("""{ "name": "test", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 1 }], "decimals": 15 }""");
        (_, Ledger plain) = Run("mixtral", [.. s_exact, """router={"use":"top-k","experts":1}"""]);
        (_, Ledger capped) = Run("mixtral", [.. s_exact, """router={"use":"capped","experts":1,"inner":"top-k"}"""]);
        Receipt receipt = Receipt.Of(capped, prices);

        // Of two experts a row one goes, in every layer.
        ReportedFigure figure = Assert.Single(receipt.Reported);
        Assert.Equal(("router", "wrapper/capped", "dropped experts", (double)capped.Tokens * capped.Layers), (figure.Role, figure.Component, figure.Name, figure.Value));
        Assert.Equal(Receipt.Of(plain, prices).Charge!.Work, receipt.Charge!.Work);
        Assert.Empty(Receipt.Of(plain, prices).Reported);
    }

    [Fact]
    public void A_pack_brings_weights_of_the_components_own()
    {
        string file = Pack("bias.gguf", HashOf("mixtral"), ("output.bias", [.. Enumerable.Range(0, 512).Select(token => (float)token)], [512]));
        (float[] plain, Ledger bill) = Run("mixtral", s_exact);
        (float[] biased, Ledger biasedBill) = Run("mixtral", [.. s_exact[1..], "head.use=biased", $"head.pack={file}", """head.inner={"use":"cpu","activations":"f32"}"""]);

        Assert.All(biased.Select((logit, token) => logit - plain[token] - token % 512), rest => Assert.InRange(rest, -1e-3f, 1e-3f));
        Assert.True(biasedBill.Total.WeightBytesRead > bill.Total.WeightBytesRead, "the pack's weights are not counted");
    }

    [Fact]
    public void A_pack_of_another_model_is_refused_with_both_hashes()
    {
        string file = Pack("other.gguf", HashOf("llama"), ("output.bias", new float[512], [512]));
        string refusal = Refused("mixtral", $$"""head={"use":"biased","pack":"{{file}}","inner":"cpu"}""");
        Assert.Contains($"{file} was made for another model: expected spud.pack.model {HashOf("mixtral")}, got {HashOf("llama")}.", refusal);
    }

    [Fact]
    public void A_pack_that_nobody_reads_or_only_in_part_is_refused()
    {
        string one = Pack("one.gguf", HashOf("mixtral"), ("output.bias", new float[512], [512]));
        string two = Pack("two.gguf", HashOf("mixtral"), ("output.bias", new float[512], [512]), ("output.scale", [1f], [1]));
        string none = Path.Combine(_files.Path, "none.gguf");

        Assert.EndsWith($"head 'backend.cpu/cpu' does not use a pack: remove 'pack' ({one}).", Refused("mixtral", $$"""head={"use":"cpu","pack":"{{one}}"}"""));
        Assert.Contains($"head 'wrapper/biased' does not use output.scale of {two}", Refused("mixtral", $$"""head={"use":"biased","pack":"{{two}}","inner":"cpu"}"""));
        Assert.Contains(none, Refused("mixtral", $$"""head={"use":"biased","pack":"{{none}}","inner":"cpu"}"""));
        Assert.Contains("is not a pack: it has no key 'spud.pack.model'", Refused("mixtral", $$"""head={"use":"biased","pack":"{{TestData.Path("families/llama.gguf")}}","inner":"cpu"}"""));
        Assert.Contains("$.head.pack must be the path of a file, got 7.", Refused("mixtral", """head={"use":"biased","pack":7}"""));
    }

    [Fact]
    public void A_pack_lies_beside_the_pipelines_file()
    {
        Pack("bias.gguf", HashOf("mixtral"), ("output.bias", new float[512], [512]));
        string path = _files.File("pipeline.json");
        File.WriteAllText(path, """{ "head": { "use": "biased", "pack": "bias.gguf", "inner": "cpu" } }""");
        using PluginCatalog catalog = Catalog();
        using Pipeline pipeline = Pipeline.Compose(PipelineDocument.Load(path, [$"model={Model("mixtral")}"]), catalog, new PipelineOptions { Threads = 1 });
        Assert.Equal(_files.File("bias.gguf"), PipelineExplanation.Of(pipeline).Components.Single(component => component.Name == "biased").Pack);
    }

    private string Refused(string family, params string[] settings)
    {
        using PluginCatalog catalog = Catalog();
        Exception? fault = Record.Exception(() => Compose(family, catalog, settings).Dispose());
        Assert.True(fault is CompositionException or ConfigurationException, $"got {fault?.GetType()}");
        return fault!.Message;
    }

    /// <summary>Logits of the last row of a prompt, and the bill.</summary>
    private (float[] Logits, Ledger Ledger) Run(string family, string[] settings)
    {
        int[] tokens = [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];
        using PluginCatalog catalog = Catalog();
        using Pipeline pipeline = Compose(family, catalog, settings);
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        foreach (int[] part in new int[][] { tokens[..40], tokens[40..41] })
        {
            batch.Clear();
            batch.Add(sequence, part, part.Length > 1 ? Phase.Prefill : Phase.Decode, LogitRows.Last);
            engine.Run(batch);
        }

        return (batch.Logits(0).ToArray(), sequence.Ledger);
    }

    private static Pipeline Compose(string family, PluginCatalog catalog, params string[] settings) =>
        Pipeline.Compose(PipelineDocument.Load(null, [$"model={Model(family)}", .. settings]), catalog, new PipelineOptions { Threads = 2 });

    private PluginCatalog Catalog() => PluginCatalog.Discover(TestData.Plugins, _folders.Path);

    private static string Model(string family) => TestData.Path($"families/{family}.gguf");

    private static string HashOf(string family)
    {
        using GgufFile file = GgufFile.Open(Model(family));
        return ModelHash.Of(file);
    }

    private string Pack(string name, string model, params (string Name, float[] Values, int[] Shape)[] tensors)
    {
        GgufBuilder pack = new GgufBuilder().Set("spud.pack.model", model);
        foreach ((string tensor, float[] values, int[] shape) in tensors)
            pack.Add(tensor, shape, values);

        File.WriteAllBytes(_files.File(name), pack.Build());
        return _files.File(name);
    }
}
