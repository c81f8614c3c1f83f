using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Execution;
using Spud.Models;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Calibration;

/// <summary>What a pack was fitted to holds when router 'hierarchical' itself routes, in every family.</summary>
public sealed class RouterPackTests
{
    private const int Window = 130, Windows = 8, Vocabulary = 512;

    [Theory]
    [InlineData("qwen3moe", 16, 8, 2.5)]
    [InlineData("olmoe", 16, 9, 3)]
    [InlineData("mixtral", 8, 4, 1.5)]
    [InlineData("qwen2moe", 8, 8, 2.5)]
    [InlineData("granitemoe", 8, 8, 3)]
    [InlineData("gpt-oss", 8, 8, 3)]
    public void ThePluginDoesWhatWasFitted(string family, int experts, int pool, double wanted)
    {
        using TempFolder folder = new();
        string model = TestData.Path($"families/{family}.gguf"), file = folder.File("x.router.gguf");
        int[][] windows = [.. Texts(0), .. Texts(1)];
        RouterPack pack = Fit(model, experts, new(pool, MinMass: 0.2, HalfLife: 200), wanted, windows);
        Assert.InRange(pack.Fit.Experts, wanted - 0.02, wanted + 0.02);
        File.WriteAllBytes(file, pack.ToGguf());

        CountingRouter? counting = null;
        PipelineOptions options = new() { Threads = 2, LogitRows = 64, RoutingProbe = (inner, _) => counting = new CountingRouter(inner) };
        using LanguageModel loaded = LanguageModel.Load(PipelineDocument.Load(null, [$"model={model}", "router.use=hierarchical", $"router.pack={file}"]), CpuPipeline.Plugins, options);
        TextScorer scorer = new(loaded);
        double loss = windows.Average(window => Math.Log(scorer.Score(window).Perplexity));
        Assert.InRange(counting!.Average, pack.Fit.Experts - 0.005, pack.Fit.Experts + 0.005);
        Assert.InRange(Math.Exp(loss) / (pack.Fit.BaselinePerplexity * pack.Fit.PerplexityRatio), 0.999, 1.001);

        // Each text is taken for one of its own kind.
        using Batch batch = loaded.Engine.NewBatch();
        Assert.All(new[] { 0, 1 }, kind =>
        {
            using Sequence sequence = loaded.Engine.Open();
            for (ReadOnlySpan<int> rest = Text(kind, seed: 99); !rest.IsEmpty;)
                rest = rest[loaded.Engine.Step(batch, sequence, rest, Phase.Prefill, LogitRows.None)..];
            Assert.Equal(kind == 0 ? "low" : "high", sequence.Ledger.Label?.Name);
        });
        Assert.Equal(1, pack.Labels.AccuracyAt128);
    }

    private static RouterPack Fit(string model, int experts, PoolRule pool, double wanted, int[][] windows)
    {
        RoutingProbe? probe = null;
        PipelineOptions options = new() { Threads = 2, LogitRows = 64, RoutingProbe = (inner, description) => probe = new RoutingProbe(inner, description, 4, pool) };
        using LanguageModel loaded = LanguageModel.Load(PipelineDocument.Load(null, [$"model={model}", $"router.experts={experts}"]), CpuPipeline.Plugins, options);
        int most = loaded.Pipeline.Model.Layers.Max(layer => layer.ExpertsUsed);
        CalibrationFit fit = new RouterCalibrator(loaded, probe!, 1, most, windows).FitExperts(wanted, TestContext.Current.CancellationToken);
        return new()
        {
            ModelHash = ModelHash.Of(loaded.Pipeline.File),
            Fit = fit,
            Pool = pool,
            MinExperts = 1,
            MaxExperts = most,
            Labels = LabelFit.Of(["low", "high"], [.. Enumerable.Range(0, 2 * Windows).Select(window => window / Windows)], probe!),
        };
    }

    private static IEnumerable<int[]> Texts(int kind) => Enumerable.Range(0, Windows).Select(seed => Text(kind, seed));

    // Few tokens of one half of the vocabulary, in random order.
    private static int[] Text(int kind, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Window).Select(_ => kind * Vocabulary / 2 + 10 + random.Next(12))];
    }
}
