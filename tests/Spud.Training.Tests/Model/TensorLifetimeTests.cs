using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Model.Selection;
using Spud.Training.Optimization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Spud.Training.Tests.Model;

/// <summary>
/// Every tensor of a step is disposed of in the step. One that is left to the garbage collector keeps its native memory until a collection, and
/// managed memory, which is little, does not cause one for a long time.
/// </summary>
public sealed class TensorLifetimeTests
{
    private const int Sequences = 2;

    public TensorLifetimeTests() => Libtorch.Require();

    [Theory]
    [InlineData(1, "TopK")]
    [InlineData(6, "TopK")]
    [InlineData(6, "Pool")]
    [InlineData(6, "RandomK")]
    [InlineData(6, "Mass")]
    [InlineData(6, "ExpertThreshold")]
    public void AStepLeavesNoTensors(int experts, string kind)
    {
        Check<Bf16>(experts, Enum.Parse<RoutingKind>(kind));
        Check<F32>(experts, Enum.Parse<RoutingKind>(kind));
    }

    // A scope counts the tensors that this thread created and that were not disposed of.
    private static void Check<TE>(int experts, RoutingKind kind)
        where TE : unmanaged, IElement<TE>
    {
        ModelShape shape = new() { Layers = 2, HiddenWidth = 32, Heads = 2, KvHeads = 1, HeadWidth = 32, ExpertWidth = 32, Experts = experts, ExpertsUsed = Math.Min(2, experts), Tokens = 80, Vocabulary = 96 };
        RoutingRecipe recipe = new() { Kind = kind };
        SplitMix random = new(7);
        ushort[] tokens = [.. Enumerable.Range(0, Sequences * (shape.Tokens + 1)).Select(_ => (ushort)random.NextBelow(shape.Vocabulary))];
        using DisposeScope scope = NewDisposeScope();
        using ParameterSet parameters = new(Transformer<TE>.Parameters(shape, recipe));
        parameters.Initialise(5);
        using Transformer<TE> model = new(parameters, shape, Sequences, new(new(1e-2, 1e-3), recipe, Seed: 4));
        Optimizer optimizer = new(parameters, weightDecay: 0.1, clip: 1);
        Step(0);
        int kept = scope.DisposablesCount;
        Assert.True(kept > 0, "the scope does not count");
        Step(1);
        Step(2);
        Assert.Equal(kept, scope.DisposablesCount);

        void Step(int step)
        {
            model.TrainingStep = step;
            model.ForwardBackward(tokens);
            _ = optimizer.Step(1e-3, step + 1);
            model.TrainingStep = null;
            model.Forward(tokens);
        }
    }
}
