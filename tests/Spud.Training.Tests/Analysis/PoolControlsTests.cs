using Spud.Training.Analysis;
using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Tests.Runs;
using Xunit;

namespace Spud.Training.Tests.Analysis;

public sealed class PoolControlsTests : IDisposable
{
    private static readonly TrainingConfiguration s_configuration = new()
    {
        Shape = new() { Layers = 2, HiddenWidth = 32, Heads = 2, KvHeads = 1, HeadWidth = 32, ExpertWidth = 32, Experts = 8, ExpertsUsed = 2, Tokens = 32, Vocabulary = TinyCorpus.Vocabulary },
        Sequences = 4,
        Steps = 1,
        Rate = 1e-2,
        Seed = 3,
        Domains = ["up", "down"],
    };

    private readonly TinyCorpus _corpus = new();

    public PoolControlsTests() => Libtorch.Require();

    public void Dispose() => _corpus.Dispose();

    [Fact]
    public void PoolsOfAllExpertsCostNothingAndSmallOnesChangeTheLoss()
    {
        using ParameterSet parameters = new(Transformer<F32>.Parameters(s_configuration.Shape, new()));
        parameters.Initialise(5);
        using Corpus corpus = new(_corpus.Folder, s_configuration.Domains, 32, TinyCorpus.Vocabulary, 1);
        using PoolControls controls = new(parameters, s_configuration, corpus);
        foreach (PoolLosses losses in controls.Measure(8, 12, TestContext.Current.CancellationToken).Values)
            Assert.Equal([losses.All, losses.All, losses.All], [losses.Own, losses.Other, losses.Random]);

        foreach (PoolLosses losses in controls.Measure(3, 12, TestContext.Current.CancellationToken).Values)
            Assert.Equal(4, new[] { losses.All, losses.Own, losses.Other, losses.Random }.Distinct().Count());
    }
}
