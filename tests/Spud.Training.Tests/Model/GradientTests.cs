using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Model.Selection;
using Xunit;
using static TorchSharp.torch;

namespace Spud.Training.Tests.Model;

public sealed class GradientTests
{
    private const int Sequences = 3;
    private static readonly AuxiliaryLosses s_factors = new(0.3, 0.2); // larger than in training, so that an error in them shows

    private static readonly ModelShape s_dense = new() { Layers = 2, HiddenWidth = 48, Heads = 4, KvHeads = 2, HeadWidth = 32, ExpertWidth = 64, Tokens = 80, Vocabulary = 96 };

    public GradientTests() => Libtorch.Require();

    // Relative to the largest gradient of a parameter: f32 sums of some thousand terms; bf16 has 8 bits, and errors of several products add up.
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, 4)]
    [InlineData(6, 2, 1)]
    [InlineData(6, 6, 2)]
    [InlineData(5, 1, 1)]
    public void GradientsAreThoseOfThePlainModel(int experts, int used, int kvHeads)
    {
        ModelShape shape = s_dense with { Experts = experts, ExpertsUsed = used, KvHeads = kvHeads };
        Compare<F32>(shape, 2e-5, 2e-6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(6, 6)] // all experts, so that rounding cannot choose others
    public void GradientsOfHalfPrecisionProductsAreNear(int experts, int used) =>
        Compare<Bf16>(s_dense with { Experts = experts, ExpertsUsed = used }, 0.06, 0.02);

    [Theory]
    [InlineData("Pool")]
    [InlineData("RandomK")]
    [InlineData("Mass")]
    [InlineData("ExpertThreshold")]
    public void GradientsOfEveryRecipeAreThoseOfThePlainModelWithTheSameExperts(string kind) =>
        Compare<F32>(s_dense with { Experts = 7, ExpertsUsed = 2 }, 2e-5, 2e-6, new() { Kind = Enum.Parse<RoutingKind>(kind) });

    private static void Compare<TE>(ModelShape shape, double tolerance, double lossTolerance, RoutingRecipe? recipe = null)
        where TE : unmanaged, IElement<TE>
    {
        using ParameterSet parameters = new(Transformer<TE>.Parameters(shape, recipe ?? new()));
        parameters.Initialise(5);
        SplitMix random = new(7);
        ushort[] tokens = [.. Enumerable.Range(0, Sequences * (shape.Tokens + 1)).Select(_ => (ushort)random.NextBelow(shape.Vocabulary))];
        if (recipe?.Kind == RoutingKind.Mass)
            SetSharpness(parameters, shape);

        using Transformer<TE> model = new(parameters, shape, Sequences, new(s_factors, recipe ?? new(), Seed: 4)) { TrainingStep = 17 };
        model.ForwardBackward(tokens);
        using PlainModel plain = new(parameters, shape, s_factors, recipe is null ? null : [.. model.Plans]);
        _ = plain.Loss(tokens, Sequences, out double[] expected);

        for (int row = 0; row < expected.Length; row++)
            Assert.Equal(expected[row], model.Losses[row], lossTolerance * (1 + expected[row]));
        foreach ((Parameter parameter, _) in parameters.All)
        {
            using Tensor gradient = parameters.View(parameter.Name, parameters.Gradients);
            if (plain.Gradient(parameter.Name) is not { } wanted)
            {
                // A running average; it is not learned by gradients.
                Assert.EndsWith("ffn_router_threshold", parameter.Name);
                Assert.Equal(0, gradient.abs().max().item<float>());
                continue;
            }

            double largest = wanted.abs().max().item<double>(), error = (gradient.to(ScalarType.Float64) - wanted).abs().max().item<double>();
            Assert.True(error <= tolerance * largest, $"{parameter.Name}: error {error:g3} of gradients up to {largest:g3}");
            Assert.True(largest > 0 || shape is { Experts: > 1, ExpertsUsed: 1 }, $"{parameter.Name} has no gradient");
        }
    }

    // As they begin, 1, they would hide that they are missing.
    private static void SetSharpness(ParameterSet parameters, ModelShape shape)
    {
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            using Tensor values = parameters.View(RoutingRecipe.Sharpness(layer), parameters.Values);
            TensorMemory.Span<float>(values)[0] = 1.7f - layer;
        }
    }
}
