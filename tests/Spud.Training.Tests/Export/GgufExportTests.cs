using Spud.Configuration;
using Spud.Evaluation.Likelihood;
using Spud.Plugins;
using Spud.Training.Data;
using Spud.Training.Export;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Model.Selection;
using Xunit;

namespace Spud.Training.Tests.Export;

public sealed class GgufExportTests : IDisposable
{
    private const double Nats = 1e-3;
    private static readonly string[] s_exact = ["head.activations=f32", "attention.activations=f32", "experts.activations=f32", "cache.format=f32"];

    private static readonly string s_text = "abc def: ünd 漢字 <|end|>\n" + string.Concat(Enumerable.Repeat("a lad had a bad egg. ", 9));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spud-training-");

    private static string Root
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Spud.sln")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    public GgufExportTests() => Libtorch.Require();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(6, 2)]
    public void AnExportedModelHasTheLossesInSpudThatTheTrainerMeasured(int experts, int used)
    {
        ModelShape shape = new() { Layers = 2, HiddenWidth = 64, Heads = 4, KvHeads = 2, HeadWidth = 32, ExpertWidth = 64, Experts = experts, ExpertsUsed = used, Tokens = 64, Vocabulary = TestTokenizer.Pieces };
        TokenizerFile tokenizer = new(TestTokenizer.Write(_folder.FullName));
        using ParameterSet parameters = new(Transformer<F32>.Parameters(shape, new()));
        parameters.Initialise(11);
        Sharpen(parameters);
        string path = Path.Combine(_folder.FullName, "model.gguf");
        GgufExport.Write(parameters, shape, new(), tokenizer, new("test-s11", 11), path);

        using LanguageModel model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={path}", .. s_exact]), PluginCatalog.Discover(Plugins()), new() { Threads = 1, LogitRows = 8 });
        // As many tokens as a row predicts from: the first is never predicted, the last predicts what is not there.
        int[] ids = model.Encode(s_text, parseSpecial: true)[..(shape.Tokens + 1)];
        Assert.Contains(tokenizer.End, ids);
        using Transformer<F32> trained = new(parameters, shape, 1, MixtureTraining.None);
        trained.Forward(Array.ConvertAll(ids, static id => (ushort)id));
        TextScore score = new TextScorer(model).Score(ids.AsSpan(0, shape.Tokens), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(shape.Tokens - 1, score.Losses.Count);
        Assert.True(trained.Losses.Max() - trained.Losses.Min() > 0.5, "all tokens are equally likely: nothing is tested");
        float[] llamaCpp = LossesOfLlamaCpp(experts > 1 ? "mixture" : "dense");
        for (int token = 0; token < score.Losses.Count; token++)
        {
            Assert.Equal(trained.Losses[token], score.Losses[token], Nats);
            Assert.Equal(trained.Losses[token], llamaCpp[token], Nats);
        }
    }

    [Theory]
    [InlineData((int)RoutingKind.Mass)]
    [InlineData((int)RoutingKind.ExpertThreshold)]
    public void AModelThatChoosesTheNumberOfExpertsIsRouterDynamicWithItsThresholds(int kind)
    {
        ModelShape shape = new() { Layers = 2, HiddenWidth = 64, Heads = 4, KvHeads = 2, HeadWidth = 32, ExpertWidth = 64, Experts = 8, ExpertsUsed = 2, Tokens = 64, Vocabulary = TestTokenizer.Pieces };
        RoutingRecipe recipe = new() { Kind = (RoutingKind)kind };
        TokenizerFile tokenizer = new(TestTokenizer.Write(_folder.FullName));
        using ParameterSet parameters = new(Transformer<F32>.Parameters(shape, recipe));
        parameters.Initialise(11);
        Sharpen(parameters);
        SplitMix random = new(9);
        ushort[][] texts = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, shape.Tokens + 1).Select(_ => (ushort)random.NextBelow(shape.Vocabulary)).ToArray())];
        ushort[] text = texts[0];
        using Transformer<F32> trained = new(parameters, shape, 1, new(default, recipe, Seed: 1)) { TrainingStep = 0 };
        trained.Forward(texts[1]); // Thresholds are shares of rows of this text, which would be ties in it.
        trained.TrainingStep = null;
        trained.Forward(text);
        Assert.All(trained.Plans, static plan => Assert.True(Enumerable.Range(0, plan.Rows).Select(row => plan.Offsets[row + 1] - plan.Offsets[row]).Distinct().Count() > 1));

        string path = Path.Combine(_folder.FullName, "model.gguf");
        GgufExport.Write(parameters, shape, recipe, tokenizer, new("test-s11", 11), path);
        using LanguageModel model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={path}", .. s_exact, $"router={GgufExport.Router(parameters, shape, recipe)}"]), PluginCatalog.Discover(Plugins()), new() { Threads = 1, LogitRows = 8 });
        TextScore score = new TextScorer(model).Score(Array.ConvertAll(text, static id => (int)id).AsSpan(0, shape.Tokens), cancellation: TestContext.Current.CancellationToken);
        for (int token = 0; token < score.Losses.Count; token++)
            Assert.Equal(trained.Losses[token], score.Losses[token], Nats);
    }

    [Fact]
    public void ATokenizerOfAnotherSizeIsRefused()
    {
        ModelShape shape = new() { Layers = 1, HiddenWidth = 32, Heads = 1, KvHeads = 1, HeadWidth = 32, ExpertWidth = 32, Tokens = 32, Vocabulary = 512 };
        using ParameterSet parameters = new(Transformer<F32>.Parameters(shape, new()));
        TrainingException fault = Assert.Throws<TrainingException>(() => GgufExport.Write(parameters, shape, new(), new(TestTokenizer.Write(_folder.FullName)), new("test", 11), Path.Combine(_folder.FullName, "model.gguf")));
        Assert.Contains("expected a tokenizer of 512 pieces", fault.Message);
    }

    // What is drawn for the first step predicts next to nothing; norms of 1 would hide that they are missing.
    private static void Sharpen(ParameterSet parameters)
    {
        SplitMix random = new(3);
        foreach ((Parameter parameter, _) in parameters.All.Where(static one => !one.Parameter.Name.EndsWith("_threshold", StringComparison.Ordinal)))
        {
            using TorchSharp.torch.Tensor values = parameters.View(parameter.Name, parameters.Values);
            foreach (ref float value in TensorMemory.Span<float>(values))
                value *= parameter.Deviation == 0 ? (float)(0.5 + random.NextFraction()) : 3;
        }
    }

    private static float[] LossesOfLlamaCpp(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Root, "tests", "data", "exported", name + ".llamacpp.losses.bin"));
        return [.. Enumerable.Range(0, bytes.Length / sizeof(float)).Select(i => BitConverter.ToSingle(bytes, i * sizeof(float)))];
    }

    private static string Plugins()
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, "Spud.Host", "bin", framework.Parent!.Name, framework.Name, "plugins");
    }
}
