using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Comparison;
using Spud.Evaluation.Likelihood;
using Spud.Models;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class ComparisonRunTests
{
    private static readonly string Stories = TestData.Path("stories260K/stories260K-f32.gguf");
    private static readonly ComparisonSettings Settings = new() { Window = new() { Tokens = 32 }, Speed = null };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Perplexity_is_that_of_the_second_halves_of_the_windows()
    {
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        ComparisonResult result = new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], Settings).Run(Cancellation);

        using LanguageModel model = Compared.Load(Stories, "cache.format=f32");
        List<float> losses = [];
        int[] ids = model.Tokenizer.Encode(File.ReadAllText(TestData.Path("smollm2/code.txt")), addSpecial: true, parseSpecial: false);
        for (int start = 0; start + 32 <= ids.Length; start += 32)
            losses.AddRange(new TextScorer(model).Score([model.Tokenizer.Bos!.Value, .. ids[(start + 1)..(start + 32)]], cancellation: Cancellation).Losses.Skip(16));

        QualityFigures first = result.Pipelines[0].Quality;
        Assert.Equal((ids.Length / 32 * 15L, ids.Length / 32), (first.Tokens, result.Texts[0].Windows));
        // 1e-5: the pipeline's rows are not the same bits for other chunks of a window.
        Assert.Equal(Math.Exp(losses.Average(loss => (double)loss)), first.Perplexity.Value, first.Perplexity.Value * 1e-5);
        Assert.Equal((1.0, 0.0, 1.0), (first.PerplexityRatio.Value, first.MeanDivergence!.Value.Value, first.Agreement.Value));
    }

    [Fact]
    public void Perplexity_by_position_is_that_of_the_tokens_there()
    {
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        ComparisonSettings settings = Settings with { Window = new() { Tokens = 32, From = 10, BucketTokens = 8 } };
        ComparisonResult result = new ComparisonRun(pipelines.All, [Text("smollm2/code.txt"), Text("smollm2/wikitext.txt")], settings).Run(Cancellation);
        Assert.Equal([(10, 17), (18, 25), (26, 31)], result.Positions!.Value.Select(at => (at.FirstPosition, at.LastPosition)));

        using LanguageModel model = Compared.Load(Stories, "cache.format=f32");
        double[] sums = new double[3];
        long windows = 0;
        foreach (string text in new[] { "smollm2/code.txt", "smollm2/wikitext.txt" })
        {
            int[] ids = model.Tokenizer.Encode(File.ReadAllText(TestData.Path(text)), addSpecial: true, parseSpecial: false);
            for (int start = 0; start + 32 <= ids.Length; start += 32, windows++)
            {
                TextScore score = new TextScorer(model).Score([model.Tokenizer.Bos!.Value, .. ids[(start + 1)..(start + 32)]], cancellation: Cancellation);
                Assert.Equal(result.Positions.Value.Select(at => (at.FirstPosition, at.LastPosition)), score.ByPosition(10, 8).Select(at => (at.FirstPosition, at.LastPosition)));
                for (int bucket = 0; bucket < sums.Length; bucket++)
                    sums[bucket] += score.Losses.Skip(9 + 8 * bucket).Take(8).Sum(loss => (double)loss);
            }
        }

        Assert.Equal([8 * windows, 8 * windows, 6 * windows], result.Positions.Value.Select(at => at.Tokens));
        foreach ((int bucket, PositionFigures at) in result.Positions.Value.Index())
        {
            Assert.Equal(Math.Exp(sums[bucket] / at.Tokens), at.Pipelines[0].Perplexity.Value, at.Pipelines[0].Perplexity.Value * 1e-5);
            Interval ratio = at.Pipelines[1].PerplexityRatio;
            Assert.True(ratio.Low <= ratio.Value && ratio.Value <= ratio.High && ratio.Low < ratio.High);
        }

        Assert.Equal(sums.Sum() / (22 * windows), Math.Log(result.Pipelines[0].Quality.Perplexity.Value), 1e-5);
    }

    [Theory]
    [InlineData(0, null, "from: expected a position of 1 to 31")]
    [InlineData(32, null, "from: expected a position of 1 to 31")]
    [InlineData(4, 8, "Use one")]
    public void A_first_position_outside_of_a_window_or_beside_a_stride_is_refused(int from, int? stride, string why)
    {
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        ComparisonSettings settings = Settings with { Window = new() { Tokens = 32, From = from, Stride = stride } };
        Assert.Contains(why, Assert.Throws<ComparisonException>(() => new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], settings)).Message);
    }

    [Fact]
    public void The_text_of_a_control_token_is_read_as_the_settings_say()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<s>Once upon a time</s>\n", 40)));
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        long Windows(bool parseSpecial)
        {
            return new ComparisonRun(pipelines.All, [ComparedText.OfBytes("text", text)], Settings with { ParseSpecial = parseSpecial }).Run(Cancellation).Texts[0].Windows;
        }

        foreach (bool parseSpecial in new[] { false, true })
            Assert.Equal(pipelines.All[0].Model.Encode(System.Text.Encoding.UTF8.GetString(text), parseSpecial).Length / 32, Windows(parseSpecial));

        Assert.True(Windows(parseSpecial: true) < Windows(parseSpecial: false));
    }

    [Fact]
    public void Measured_memory_is_never_negative()
    {
        Assert.Equal((5, (long?)null, null, null), (ProcessMemory.Growth(10, 15), ProcessMemory.Growth(15, 15), ProcessMemory.Growth(15, 10), ProcessMemory.Growth(null, 10)));
        List<ComparedPipeline> pipelines = [];
        for (int i = 0; i < 8; i++)
        {
            Litter();
            pipelines.Add(ComparedPipeline.Load("model", () => Compared.Load(Stories, "cache.format=f32"), 32));
        }

        pipelines.ForEach(pipeline => pipeline.Model.Dispose());
        Assert.All(pipelines, pipeline => Assert.True(pipeline.MeasuredBytes is null or > 0, $"{pipeline.MeasuredBytes}"));
        // The last ones find everything loaded: what they take is a small model's few megabytes, and no more.
        if (OperatingSystem.IsLinux())
            Assert.All(pipelines.Skip(4), pipeline => Assert.InRange(pipeline.MeasuredBytes ?? 0, 0, 32 << 20));

        static void Litter()
        {
            for (int i = 0; i < 64; i++)
                GC.KeepAlive(new byte[1 << 20]);
        }
    }

    [Fact]
    public void A_pipeline_that_computes_otherwise_differs_a_little_and_one_that_computes_alike_does_not()
    {
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f32", "cache.format=f16");
        ComparisonResult result = new ComparisonRun(pipelines.All, [Text("smollm2/wikitext.txt")], Settings).Run(Cancellation);
        (QualityFigures same, QualityFigures half) = (result.Pipelines[1].Quality, result.Pipelines[2].Quality);
        Assert.Equal((1.0, 0.0, 0.0, 1.0), (same.PerplexityRatio.Value, same.MeanDivergence!.Value.Value, same.Divergence99, same.Agreement.Value));
        Assert.True(same.Parity);
        Assert.InRange(half.MeanDivergence!.Value.Value, 1e-9, 1e-3);
        Assert.True(half.Divergence99 > half.MeanDivergence.Value.Value);
        Assert.Equal(result.Pipelines[0].KvBytesPerToken, 2 * result.Pipelines[2].KvBytesPerToken);
        Assert.True(half.PerplexityRatio.Low < half.PerplexityRatio.Value && half.PerplexityRatio.Value < half.PerplexityRatio.High);
    }

    [Fact]
    public void An_interrupted_comparison_goes_on_and_comes_to_the_same_figures()
    {
        using TempFolder folder = new();
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        ComparedText[] texts = [Text("smollm2/code.txt"), Text("smollm2/wikitext.txt")];
        ComparisonResult whole = new ComparisonRun(pipelines.All, texts, Settings).Run(Cancellation);

        StateFile state = new(Path.Combine(folder.Path, "state"));
        using CancellationTokenSource stop = new();
        ComparisonRun interrupted = new(pipelines.All, texts, Settings, state) { Progress = (part, done) => { if (part == 1 && done > 0.3) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => interrupted.Run(stop.Token));

        ComparisonRun resumed = new(pipelines.All, texts, Settings, state);
        Assert.True(resumed.Resumed);
        ComparisonResult result = resumed.Run(Cancellation);
        Assert.Equal(whole.Pipelines.Select(pipeline => pipeline.Quality), result.Pipelines.Select(pipeline => pipeline.Quality));
        Assert.Equal(whole.Texts.Select(text => (text.Windows, text.Tokens, text.Blocks)), result.Texts.Select(text => (text.Windows, text.Tokens, text.Blocks)));
    }

    [Fact]
    public void A_state_of_other_texts_or_rubbish_is_refused()
    {
        using TempFolder folder = new();
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        StateFile state = new(Path.Combine(folder.Path, "state"));
        new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], Settings, state).Run(Cancellation);
        Assert.Contains("an unfinished comparison of other", Assert.Throws<ComparisonException>(() => new ComparisonRun(pipelines.All, [Text("smollm2/chat.txt")], Settings, state)).Message);

        byte[] kept = File.ReadAllBytes(state.Path);
        // Still JSON, but not what was written.
        File.WriteAllText(state.Path, System.Text.Encoding.UTF8.GetString(kept).Replace("\"texts\":[", "\"texts\":[],\"other\":["));
        Assert.Contains("damaged", Assert.Throws<ComparisonException>(() => new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], Settings, state)).Message);

        File.WriteAllText(state.Path, "{ rubbish");
        Assert.Contains("cannot be read", Assert.Throws<ComparisonException>(() => new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], Settings, state)).Message);
    }

    [Fact]
    public void Models_of_different_tokenizers_are_refused_with_where_they_differ()
    {
        using LanguageModel a = Compared.Load(Stories), b = Compared.Load(Path.Combine(TestData.Root, "models/smollm2-135m-instruct-q4_1.gguf"));
        ComparisonException refusal = Assert.Throws<ComparisonException>(() => new ComparisonRun([new("a", a), new("b", b)], [Text("smollm2/code.txt")], Settings));
        Assert.Contains("a and b are not comparable: the tokenizers differ: tokenizer.ggml.model differs: 'llama' and 'gpt2'", refusal.Message);
    }

    [Fact]
    public void One_other_token_is_named_with_its_place()
    {
        using TempFolder folder = new();
        string other = folder.File("other.gguf");
        byte[] bytes = File.ReadAllBytes(Stories);
        // The pieces of the vocabulary begin with those that every such tokenizer has; "<0x41>" stands for a byte.
        bytes.AsSpan(bytes.AsSpan().IndexOf("<0x41>"u8) + 4, 1)[0] = (byte)'F';
        File.WriteAllBytes(other, bytes);
        using LanguageModel a = Compared.Load(Stories), b = Compared.Load(TestData.Path("stories260K/stories260K-f16.gguf"));
        using GgufFile changed = GgufFile.Open(other);
        Assert.Equal("tokenizer.ggml.tokens differs at 68: '<0x41>' and '<0x4F>'", Comparability.Difference(a.Pipeline.File.Metadata, changed.Metadata));
        Assert.Null(Comparability.Difference(a.Pipeline.File.Metadata, b.Pipeline.File.Metadata));
    }

    [Fact]
    public void Models_of_several_shapes_are_compared_against_the_dense_ones()
    {
        using TempFolder folder = new();
        using LanguageModel dense = Compared.Load(Stories), narrow = Compared.Load(TestData.Path("families/llama.gguf"));
        using LanguageModel one = Compared.Load(Trained(folder, "identical", "mixture", seed: 1)), two = Compared.Load(Trained(folder, "noise", "mixture", seed: 2));
        ComparedPipeline[] pipelines = [new("dense", dense), new("one", one), new("narrow", narrow), new("two", two)];
        ComparisonResult result = new ComparisonRun(pipelines, [Text("smollm2/code.txt")], Settings).Run(Cancellation);
        EnvelopeResult envelope = result.Envelope!;
        // The two mixtures say that they are two seeds of one training: they count as one model.
        Assert.Equal([[0], [1, 3], [2]], envelope.Models.Select(model => model.Pipelines.ToArray()));
        Assert.Equal([true, false, true], envelope.Models.Select(model => model.IsDense));
        Assert.Equal((1, true), (envelope.DegreesOfFreedom, envelope.SeedDeviation > 0));
        Assert.Equal((Math.Log(result.Pipelines[1].Quality.Perplexity.Value) + Math.Log(result.Pipelines[3].Quality.Perplexity.Value)) / 2, envelope.Models[1].MeanLoss, 1e-12);
        Assert.NotNull(envelope.Models[1].DenseComputeUnits);
        Assert.Equal([dense, one, narrow, two], pipelines.Select(pipeline => pipeline.Model));
        Assert.Equal(result.Pipelines.Select(pipeline => pipeline.Explanation.Model.Layers), result.Pipelines.Select(pipeline => pipeline.Compute.ExpertsByLayer.Length));
    }

    [Theory]
    [InlineData("mixture", 1, "mixture", 2, true)]
    [InlineData("mixture", 1, "mixture with pools", 2, false)]
    [InlineData("mixture", 1, "mixture", 1, false)]
    [InlineData("mixture", 1, null, 2, false)]
    [InlineData("mixture", 1, "mixture", null, false)]
    [InlineData(null, null, null, null, false)]
    public void Seeds_of_one_model_have_one_recipe_and_say_so(string? recipe, int? seed, string? otherRecipe, int? otherSeed, bool areSeeds)
    {
        using TempFolder folder = new();
        using LanguageModel one = Compared.Load(Trained(folder, "identical", recipe, seed)), two = Compared.Load(Trained(folder, "noise", otherRecipe, otherSeed));
        ComparedPipeline[] pipelines = [new("one", one), new("two", two)];
        Assert.True(ModelShape.IsSame(pipelines[0], pipelines[1]));
        Assert.Equal(areSeeds ? [[0, 1]] : [[0], [1]], ModelShape.Runs(pipelines));
        Assert.Equal(areSeeds ? [[0, 1]] : [[0], [1]], ModelShape.Runs([.. pipelines.Reverse()]));
    }

    [Fact]
    public void One_model_in_two_number_formats_can_be_compared()
    {
        using LanguageModel a = Compared.Load(Stories), b = Compared.Load(TestData.Path("stories260K/stories260K-q4_0.gguf"));
        ComparisonResult result = new ComparisonRun([new("f32", a), new("q4_0", b)], [Text("smollm2/code.txt")], Settings).Run(Cancellation);
        Assert.InRange(result.Pipelines[1].Quality.MeanDivergence!.Value.Value, 1e-4, 1);
        Assert.Null(result.Envelope);
    }

    [Fact]
    public void A_text_shorter_than_a_window_is_refused()
    {
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        ComparisonException refusal = Assert.Throws<ComparisonException>(() => new ComparisonRun(pipelines.All, [ComparedText.OfBytes("short", [.. "Once upon"u8])], Settings).Run(Cancellation));
        Assert.Contains("fewer than a window (32)", refusal.Message);
    }

    [Fact]
    public void A_token_costs_what_explain_expects_at_the_depths_of_the_windows()
    {
        using Compared pipelines = new(TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"), "router.experts=2", "router.experts=1");
        ComparisonResult result = new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], Settings).Run(Cancellation);
        foreach ((int i, PipelineResult pipeline) in result.Pipelines.Index())
        {
            // Keys seen grow by one with each of a window's 31 rows; everything else costs every row the same.
            PipelineExplanation explained = pipeline.Explanation;
            TokenCost first = explained.Compute.PrefillAtStart, head = explained.Compute.DecodeAtStart;
            double attentionPerKey = (explained.Compute.PrefillAtFullContext.Flops - first.Flops) / (explained.Limits.ContextTokens - 1.0);
            double expected = head.Flops + attentionPerKey * Enumerable.Range(0, 31).Average();
            Assert.Equal(expected / 1e9, pipeline.Compute.ComputeUnitsPerToken, expected / 1e9 * 1e-9);
            Assert.All(pipeline.Compute.ExpertsByLayer, experts => Assert.Equal(2 - i, experts));
            Assert.Equal((Math.Log2(512) - Math.Log2(pipeline.Quality.Perplexity.Value)) / pipeline.Compute.ComputeUnitsPerToken, pipeline.Compute.BitsPerComputeUnit.Value, 1e-9);
            Assert.All(pipeline.Compute.Roles.Where(role => role.ComputeUnitsPerToken > 0), role => Assert.True(role.SecondsPerToken > 0));
        }
    }

    [Fact]
    public void Speed_is_measured_as_often_as_asked()
    {
        using Compared pipelines = new(Stories, "cache.format=f32", "cache.format=f16");
        ComparisonSettings settings = Settings with { MaxWindows = 1, Speed = new() { Prompt = 100, Generate = 20, Repeats = 3 } };
        ComparisonResult result = new ComparisonRun(pipelines.All, [Text("smollm2/code.txt")], settings).Run(Cancellation);
        Assert.All(result.Pipelines, pipeline =>
        {
            Spread decode = pipeline.Speed!.Decode;
            Assert.Equal(3, decode.Samples.Length);
            Assert.True(0 < decode.Low && decode.Low <= decode.Median && decode.Median <= decode.High);
        });
    }

    // A copy of a mixture that says where its weights come from.
    private static string Trained(TempFolder folder, string mixture, string? recipe, int? seed)
    {
        string original = TestData.Path($"stories260K/stories260K-moe4x-{mixture}-f32.gguf");
        using GgufFile source = GgufFile.Open(original);
        byte[] bytes = File.ReadAllBytes(original);
        GgufWriter copy = new();
        foreach (string key in source.Metadata.Keys)
            copy.Copy(source.Metadata, key);
        if (recipe is not null)
            copy.Set(TrainingKeys.Recipe, recipe);
        if (seed is { } number)
            copy.Set(TrainingKeys.Seed, (ulong)number);
        foreach (GgufTensor tensor in source.Tensors)
            copy.Add(tensor.Name, tensor.Type, tensor.Shape.AsSpan(), stream => stream.Write(bytes, (int)tensor.Offset, (int)tensor.Bytes));

        string path = folder.File($"{mixture}.gguf");
        copy.Save(path);
        return path;
    }

    private static ComparedText Text(string name) => ComparedText.OfFile(TestData.Path(name));

    /// <summary>Pipelines of one model, an edit each.</summary>
    private sealed class Compared(string model, params string[] edits) : IDisposable
    {
        public ComparedPipeline[] All { get; } = [.. edits.Select(edit => new ComparedPipeline(edit, Load(model, edit)))];

        public static LanguageModel Load(string model, params string[] edits) => LanguageModel.Load(
            PipelineDocument.Load(null, ["context=128", "attention.activations=f32", "experts.activations=f32", "head.activations=f32", .. edits]),
            CpuPipeline.Plugins,
            new() { DefaultModel = model, Threads = 2, LogitRows = 8 });

        public void Dispose()
        {
            foreach (ComparedPipeline pipeline in All)
                pipeline.Model.Dispose();
        }
    }
}
