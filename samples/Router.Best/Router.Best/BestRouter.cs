using System.Numerics.Tensors;
using Spud;

namespace Router.Best;

/// <summary>Takes a row's best experts until their probabilities sum to a given mass, at most as many as the model was trained with.</summary>
internal sealed class BestRouter : IRouter
{
    private readonly BestRouterOptions _options;
    private readonly ModelDescription _model;
    private readonly Dictionary<int, Gate> _gates = [];
    private readonly float[] _normed;
    private readonly float[] _scores;
    private readonly int[] _chosen;
    private readonly float[] _weights;

    public BestRouter(BestRouterOptions options, IBuildContext build)
    {
        (_options, _model, Domain) = (options, build.Model, build.Host);
        foreach (int layer in build.Layers)
            _gates[layer] = Gate.Load(build, layer);

        MaxExpertsPerRow = build.Layers.Max(layer => build.Model.Layers[layer].ExpertsUsed);
        _normed = new float[build.Model.HiddenWidth];
        _scores = new float[build.Layers.Max(layer => build.Model.Layers[layer].Experts)];
        (_chosen, _weights) = (new int[MaxExpertsPerRow], new float[MaxExpertsPerRow]);
    }

    public IMemoryDomain Domain { get; }

    public int MaxExpertsPerRow { get; }

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Shape.Require(hidden, [step.Rows, _model.HiddenWidth], "hidden");
        Shape.Require(plan.Offsets, [step.Rows + 1], "plan.Offsets");
        for (int row = 0; row < step.Rows; row++)
        {
            Span<float> probabilities = Probabilities(layer, hidden.At(row).AsSpan<float>());
            int count = Choose(_model.Layers[layer], probabilities);
            plan.SetRow(row, _chosen.AsSpan(0, count), _weights.AsSpan(0, count));
        }
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }

    private Span<float> Probabilities(int layer, ReadOnlySpan<float> x)
    {
        Gate gate = _gates[layer];
        float scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares(x) / x.Length + _model.NormEpsilon);
        TensorPrimitives.Multiply(x, scale, _normed);
        TensorPrimitives.Multiply(_normed, gate.Norm.AsSpan<float>(), _normed);

        Span<float> scores = _scores.AsSpan(0, _model.Layers[layer].Experts);
        for (int expert = 0; expert < scores.Length; expert++)
            scores[expert] = TensorPrimitives.Dot(gate.Matrix.At(expert).AsSpan<float>(), _normed) + gate.Bias.AsSpan<float>()[expert];

        TensorPrimitives.SoftMax(scores, scores);
        return scores;
    }

    private int Choose(LayerDescription layer, Span<float> probabilities)
    {
        int count = 0;
        float mass = 0;
        while (count < layer.ExpertsUsed && (count == 0 || mass < _options.Mass))
        {
            int best = TensorPrimitives.IndexOfMax<float>(probabilities);
            (_chosen[count], _weights[count]) = (best, probabilities[best]);
            mass += probabilities[best];
            probabilities[best] = -1;
            count++;
        }

        if (layer.Has(Trait.Renormalise))
            TensorPrimitives.Divide(_weights.AsSpan(0, count), mass, _weights.AsSpan(0, count));

        return count;
    }
}
