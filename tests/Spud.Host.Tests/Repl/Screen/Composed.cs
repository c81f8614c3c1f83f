using System.Collections.Immutable;
using System.Text.Json;
using Spud.Composition;
using Spud.Host.Repl;
using Spud.Metering;
using Spud.Plugins;

namespace Spud.Host.Tests.Repl.Screen;

/// <summary>A pipeline and a bill that look alike on every machine.</summary>
internal static class Composed
{
    /// <summary>The embedded model's, as if it had been composed.</summary>
    public static PipelineState Pipeline(PluginCatalog plugins, string format = "f16")
    {
        PipelineExplanation explanation = Explanation(format);
        PipelineSource source = new(null, [new($"cache.format={format}")]);
        return new(source, explanation, new("0123456789abcdef", "", "{}")) { Settings = SettingCatalog.Of(source.Read(), explanation, plugins) };
    }

    /// <summary>The bill of a short answer.</summary>
    public static Receipt Receipt(double computeUnits, ImmutableArray<double>? experts = null) => new()
    {
        Model = "model.gguf",
        Outcome = RequestOutcome.Finished,
        Limit = new(50, null, null),
        ComputeUnits = (decimal)computeUnits,
        GigabytesRead = 0.87m,
        KvGigabyteSeconds = 0,
        Phases = [new(Phase.Prefill, 36, 1, 1, 0.21, experts), new(Phase.Decode, 8, 8, 8, 0.09, experts)],
        Lines =
        [
            new(Phase.Decode, "head", (decimal)computeUnits * 0.08m, 0, 0, 0, null),
            new(Phase.Decode, "attention", (decimal)computeUnits * 0.25m, 0, 0, 0, null),
            new(Phase.Decode, "experts", (decimal)computeUnits * 0.67m, 0, 0, 0, null),
        ],
        KeptTokens = [44, 44],
        Charge = null,
    };

    private static PipelineExplanation Explanation(string format) => new()
    {
        Model = new()
        {
            Path = "/models/smollm2-135m-instruct-q4_1.gguf",
            Name = null,
            Architecture = "llama",
            Parameters = 134_515_008,
            FileBytes = 98_000_000,
            BytesByType = ImmutableSortedDictionary<string, long>.Empty,
            Layers = 30,
            HiddenWidth = 576,
            Vocabulary = 49152,
            ContextTokens = 8192,
            Traits = ImmutableSortedDictionary<string, float>.Empty,
            LayerShapes = [],
        },
        Limits = new(512, 1, 8192, 1),
        Pools = [],
        Steps = [],
        Components =
        [
            Component("head", "cpu", """{"activations":"q8"}""", 60_300_000),
            Component("attention", "cpu", """{"activations":"q8"}""", 18_900_000),
            Component("experts", "cpu", """{"activations":"q8"}""", 50_000_000),
            Component("cache", "plain", $$"""{"format":"{{format}}","pageTokens":64}""", 0),
        ],
        Scheduler = new("fifo", null, null, JsonDocument.Parse("{}").RootElement),
        Pages = [new() { Layers = "0-29", Pool = 0, Domain = "host", PerHead = false, PageTokens = 64, Keys = format.ToUpperInvariant(), Values = format.ToUpperInvariant(), Pages = 128, TokensAtMost = 8192, ReviewTokens = null, BytesPerTokenAndLayer = 768, TotalBytes = PageBytes(format) }],
        Memory = new()
        {
            Components = 0, Native = 0, Arena = 0, Pages = PageBytes(format), StepBuffers = 0, Batch = 0, Runtime = 0, Tokenizer = 0, PrivateBytes = 121_700_000 + PageBytes(format),
            Devices = ImmutableSortedDictionary<string, long>.Empty, MappedBytes = 30_000_000,
        },
        Compute = new() { DecodeAtStart = Cost(), DecodeAtFullContext = Cost(), PrefillAtStart = Cost(), PrefillAtFullContext = Cost() },
    };

    /// <summary>Of the two texts that a session holds.</summary>
    private static long PageBytes(string format) => format == "q8_0" ? 101_400_000 : 189_900_000;

    private static ComponentExplanation Component(string role, string name, string options, long bytes) => new()
    {
        Role = role, Name = name, Plugin = "backend.cpu", Version = "0.1.0", Folder = "", Layers = "all", Phase = "both",
        Options = JsonDocument.Parse(options).RootElement, RowInvariant = true, ExpertsAtMost = null, ExpertsExpected = null, Domain = "host",
        Weights = 1, MappedBytes = 0, OwnBytes = bytes, NativeBytes = 0, WorkspaceBytes = 0,
    };

    private static TokenCost Cost() => new() { Depth = 0, Roles = [], Flops = 0, ComputeUnits = 0, WeightBytesRead = 0, KvBytesRead = 0, KvBytesWritten = 0 };
}
