using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Domains;

/// <summary>Whole pipelines of the reference plugin with some roles on a pretend device, whose memory nobody else can read.</summary>
public sealed class PretendDeviceTests
{
    private static readonly string[] s_roles = [Roles.Head, Roles.Attention, Roles.Router, Roles.Experts];

    public static TheoryData<string, int> Placements
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (string family in new[] { "llama", "qwen2moe", "gemma3" })
            {
                for (int devices = 1; devices < 1 << s_roles.Length; devices++)
                    all.Add(family, devices);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public void The_same_bits_come_out_wherever_a_role_works(string family, int devices)
    {
        float[] expected = Logits(family, 0, out PipelineExplanation onHost), got = Logits(family, devices, out PipelineExplanation mixed);
        Assert.Equal(expected, got);
        Assert.Empty(Copies(onHost));
        bool onDevice = mixed.Components.Any(component => component.Domain == "pretend"); // a dense model needs no router
        Assert.Equal(onDevice, Copies(mixed).Any());
        Assert.Equal(onDevice, mixed.Memory.Devices.ContainsKey("pretend"));
    }

    [Fact]
    public void Phases_that_read_the_same_pages_need_one_device()
    {
        CompositionException refused = Assert.Throws<CompositionException>(() => Compose(
            "llama", ["""attention=[{"use":"reference","device":"pretend","phase":"decode"},{"use":"reference"}]""", "head.use=reference", "experts.use=reference", "router.use=reference"]));
        Assert.Contains("works in host memory and 'reference/reference' in pretend memory, but both phases read the same pages. Give both the same device.", refused.Message);
    }

    private static IEnumerable<OperationExplanation> Copies(PipelineExplanation explanation) =>
        explanation.Steps.SelectMany(step => step.Groups).SelectMany(group => group.Operations).Where(operation => operation.Copies is not null);

    private static float[] Logits(string family, int devices, out PipelineExplanation explanation)
    {
        using Pipeline pipeline = Compose(family, [.. s_roles.SelectMany((role, i) => new[] { $"{role}.use=reference", $"{role}.device={((devices >> i & 1) == 1 ? "pretend" : "host")}" })]);
        explanation = PipelineExplanation.Of(pipeline);
        Engine engine = pipeline.Engine;
        using Sequence one = engine.Open(), two = engine.Open();
        Batch batch = engine.NewBatch();
        batch.Add(one, [1, 5, 9, 13, 2], Phase.Prefill, LogitRows.All);
        batch.Add(two, [3, 4], Phase.Prefill, LogitRows.Last);
        engine.Run(batch);
        List<float> logits = [.. batch.Logits(0, 0), .. batch.Logits(0, 4), .. batch.Logits(1)];
        using Sequence fork = one.Fork();
        foreach (Sequence sequence in new[] { one, fork, two })
        {
            batch.Clear();
            batch.Add(sequence, [7], Phase.Decode, LogitRows.Last);
            engine.Run(batch);
            logits.AddRange(batch.Logits(0));
        }

        return [.. logits];
    }

    private static Pipeline Compose(string family, IEnumerable<string> edits)
    {
        PluginCatalog plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Plugins]);
        return Pipeline.Compose(
            PipelineDocument.Load(null, [$"model={TestData.Path($"families/{family}.gguf")}", "cache.use=reference", "cache.pageTokens=4", .. edits]),
            plugins,
            new PipelineOptions { Threads = 1, Rows = 8, LogitRows = 8, Sequences = 3 });
    }
}
