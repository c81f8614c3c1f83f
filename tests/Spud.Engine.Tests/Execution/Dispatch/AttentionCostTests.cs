using System.Globalization;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Dispatch;

/// <summary>
/// How the attention of a decoded token gets faster with what a cache keeps: the default model's attention behind 8,000 tokens, all else doing
/// nothing. Needs a quiet machine, so it runs when it is asked for: <c>-explicit only -class '*.AttentionCostTests'</c>, with the seconds of each
/// measurement in SPUD_SECONDS (3) and the threads in SPUD_THREADS (2).
/// </summary>
public sealed class AttentionCostTests(ITestOutputHelper output)
{
    private const int Depth = 8000;

    private static readonly string[] s_caches =
    [
        """{"use":"plain","format":"f16"}""",
        """{"use":"plain","format":"q8_0"}""",
        """{"use":"compressed","keep":1,"keys":"q8_0","values":"q4_0","encodeAfter":0}""",
        """{"use":"compressed","keep":1,"keys":"q8_0","values":"q4_0"}""",
        """{"use":"compressed","keep":0.5}""",
        """{"use":"compressed","keep":0.5,"keys":"q8_0","values":"q8_0","encodeAfter":0}""",
        """{"use":"compressed","keep":0.5,"keys":"q8_0","values":"q4_0"}""",
        """{"use":"compressed","keep":0.25,"keys":"q8_0","values":"q8_0","encodeAfter":0}""",
        """{"use":"compressed","keep":0,"recent":256}""",
    ];

    [Fact(Explicit = true)]
    public void Attention_gets_faster_in_proportion_to_the_keys()
    {
        double seconds = Setting("SPUD_SECONDS", 3);
        using PluginCatalog catalog = PluginCatalog.Discover([TestData.Plugins]);
        PipelineOptions options = new() { Threads = (int)Setting("SPUD_THREADS", 2) };
        Pipeline[] pipelines = [.. s_caches.Select(cache => Pipeline.Compose(PipelineDocument.Load(null, [$"model={TestData.DefaultModel}", $"context={Depth + 64}", $"cache={cache}"]), catalog, options))];
        StepTimes[] real = StepTimes.Of([.. pipelines.Select(static pipeline => Hollow.Of(pipeline, decodes: true))], seconds, Depth);
        double atStart = StepTimes.Of(Hollow.Of(pipelines[0], decodes: true), seconds, 1).Best;
        output.WriteLine($"{options.Threads} threads; a step at depth 1 takes {atStart:F0} us");
        long[] bytes = [.. pipelines.Select(static pipeline => BytesAt(Hollow.Of(pipeline)))];
        for (int i = 0; i < pipelines.Length; i++)
        {
            double time = real[i].Best - atStart;
            output.WriteLine($"{s_caches[i]}: {time:F0} us, {bytes[i] / 1e6:F1} MB; time {time / (real[0].Best - atStart):F3}, bytes {(double)bytes[i] / bytes[0]:F3}");
            pipelines[i].Dispose();
        }
    }

    private static long BytesAt(Pipeline pipeline)
    {
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        int[] text = new int[Depth];
        while (sequence.Tokens < Depth)
            pipeline.Engine.Step(batch, sequence, text.AsSpan(sequence.Tokens), Phase.Prefill, LogitRows.None);

        return sequence.Ledger.KeptBytes;
    }

    private static double Setting(string name, double otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
