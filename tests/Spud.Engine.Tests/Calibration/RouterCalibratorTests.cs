using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Models;
using Spud.Models.Families;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Calibration;

/// <summary>What is fitted holds when the plugin itself routes.</summary>
public sealed class RouterCalibratorTests
{
    private const string Stories = "stories260K/stories260K-moe4x-noise-f32.gguf";

    [Theory]
    [InlineData(Stories, 4, 2.5)]
    [InlineData(Stories, 4, 3.5)] // the fourth expert holds next to nothing
    [InlineData(Stories, 2, 1.3)]
    [InlineData("families/qwen3moe.gguf", 4, 2.5)]
    [InlineData("families/qwen2moe.gguf", 4, 1.7)]
    [InlineData("families/olmoe.gguf", 3, 2.2)]
    [InlineData("families/gpt-oss.gguf", 4, 3)]
    public void TheWantedAverageComesOutOfTheDynamicRouter(string model, int most, double experts)
    {
        using TempFolder folder = new();
        int[] text = Text(model);
        CalibrationFit fit = Fit(model, most, text, calibrator => calibrator.FitExperts(experts, TestContext.Current.CancellationToken), out CalibrationDocument document);
        // A row more or less in a few layers where the text is short.
        Assert.InRange(fit.Experts, experts - 0.02, experts + 0.02);

        string file = folder.Write("x.calibration.json", document.ToJson());
        (double average, double perplexity) = Run(model, text, "router.use=dynamic", $"router.calibration={file}");
        Assert.InRange(average, fit.Experts - 0.005, fit.Experts + 0.005);
        Assert.InRange(perplexity / (fit.BaselinePerplexity * fit.PerplexityRatio), 0.999, 1.001);
    }

    [Fact]
    public void AWantedPerplexityRatioIsKeptWithFewerExperts()
    {
        int[] text = Text(Stories);
        CalibrationFit fit = Fit(Stories, 2, text, calibrator => calibrator.FitPerplexity(1.02, TestContext.Current.CancellationToken), out _);
        Assert.InRange(fit.PerplexityRatio, 0.5, 1.02);
        Assert.InRange(fit.Experts, 1, 1.99);
        Assert.Equal(Run(Stories, text, "router.use=top-k").Perplexity, fit.BaselinePerplexity, 1e-3);
    }

    [Fact]
    public void ARatioThatFewExpertsCannotKeepIsSaidWithWhatTheyReach()
    {
        using Composed composed = new(Stories, most: 2);
        RouterCalibrator calibrator = new(composed.Model, composed.Probe, 1, 2, [Text(Stories)]);
        CalibrationException fault = Assert.Throws<CalibrationException>(() => calibrator.FitPerplexity(0.5, TestContext.Current.CancellationToken));
        Assert.Contains("with 2 experts of every row the perplexity ratio is 1.0000, expected at most 0.5", fault.Message);
    }

    [Fact]
    public void ACancelledCalibrationEnds()
    {
        using Composed composed = new(Stories, most: 4);
        RouterCalibrator calibrator = new(composed.Model, composed.Probe, 1, 4, [Text(Stories)]);
        Assert.Throws<OperationCanceledException>(() => calibrator.FitExperts(2, new CancellationToken(canceled: true)));
    }

    /// <summary>The random models see their committed prompt, the stories a story.</summary>
    private static int[] Text(string model) => model != Stories ? CpuPipeline.Tokens("families/prompt.tokens.bin") : StoryTokens();

    private static int[] StoryTokens()
    {
        using LanguageModel model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path(Stories)}"]), CpuPipeline.Plugins, new() { Threads = 2 });
        return model.Encode(
            "Once upon a time, there was a little girl named Lily. She loved to play outside in the park with her dog. One day, she saw a big red ball "
            + "under a tree. She wanted to play with it, but a boy said it was his. Lily was sad. Her mom came and said, \"Let us share the ball.\" The boy "
            + "smiled and they all played together. At the end of the day, Lily and the boy were good friends. They went home and ate a big cake.");
    }

    private static CalibrationFit Fit(string model, int most, int[] text, Func<RouterCalibrator, CalibrationFit> fit, out CalibrationDocument document)
    {
        using Composed composed = new(model, most);
        CalibrationFit found = fit(new RouterCalibrator(composed.Model, composed.Probe, 1, most, [text]));
        document = new(
            CalibrationDocument.KnownFormat,
            new(model, ModelHash.Of(composed.Model.Pipeline.File)),
            1,
            most,
            [.. found.Layers.Select(layer => new CalibratedLayer(layer.Layer, layer.Rule.Threshold, layer.Rule.Temperature, layer.Experts))],
            new("test", text.Length, text.Length, null, null, found.Experts, found.BaselinePerplexity, found.PerplexityRatio, found.Passes));
        return found;
    }

    private static (double Average, double Perplexity) Run(string model, int[] text, params string[] router)
    {
        CountingRouter? counting = null;
        PipelineOptions options = new() { Threads = 2, LogitRows = 64, RoutingProbe = (inner, _) => counting = new CountingRouter(inner) };
        using LanguageModel loaded = LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path(model)}", .. router]), CpuPipeline.Plugins, options);
        double perplexity = new TextScorer(loaded).Score(text).Perplexity;
        return (counting!.Average, perplexity);
    }

    /// <summary>A model whose router gives all experts to the probe.</summary>
    private sealed class Composed : IDisposable
    {
        public Composed(string model, int most)
        {
            RoutingProbe? probe = null;
            PipelineOptions options = new() { Threads = 2, LogitRows = 64, RoutingProbe = (inner, description) => probe = new RoutingProbe(inner, description, most) };
            string path = TestData.Path(model);
            using (GgufFile file = GgufFile.Open(path))
                Experts = ModelReader.Read(file).Description.Layers[^1].Experts;

            Model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={path}", $"router.experts={Experts}"]), CpuPipeline.Plugins, options);
            Probe = probe!;
        }

        public LanguageModel Model { get; }

        public RoutingProbe Probe { get; }

        private int Experts { get; }

        public void Dispose() => Model.Dispose();
    }
}
