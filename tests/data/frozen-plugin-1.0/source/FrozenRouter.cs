using Spud;

namespace Frozen;

/// <summary>Top-k routing, plainly; uses of the contract as much as a router can.</summary>
internal sealed class FrozenRouter : IRouter
{
    private readonly IBuildContext _build;
    private readonly Dictionary<int, (TensorView Matrix, TensorView Norm)> _gates = [];
    private readonly Workspace _scores;
    private readonly int[] _chosen;
    private readonly float[] _weights;

    public FrozenRouter(FrozenRouterOptions options, IBuildContext build)
    {
        (_build, Domain) = (build, build.Host);
        foreach (int layer in build.Layers)
            _gates[layer] = (Take($"blk.{layer}.ffn_gate_inp.weight", build.Model.Layers[layer].Experts, build.Model.HiddenWidth), Take($"blk.{layer}.ffn_norm.weight", build.Model.HiddenWidth));

        MaxExpertsPerRow = options.Experts ?? build.Layers.Max(layer => build.Model.Layers[layer].ExpertsUsed);
        if (MaxExpertsPerRow > build.Layers.Min(layer => build.Model.Layers[layer].Experts))
            throw new RefusedException($"router 'frozen': {MaxExpertsPerRow} experts are more than the model has.");

        _scores = build.Reserve(build.Host, (long)sizeof(float) * build.Limits.Rows * build.Layers.Max(layer => build.Model.Layers[layer].Experts));
        (_chosen, _weights) = (new int[MaxExpertsPerRow], new float[MaxExpertsPerRow]);
        build.EstimateNative(build.Host, 0);
        build.Log($"frozen router for {build.Model.Architecture} {build.ModelHash[..8]}, at most {build.Limits.Sequences} x {build.Limits.ContextTokens} tokens, {build.Limits.LogitRows} rows of logits");
    }

    public IMemoryDomain Domain { get; }

    public int MaxExpertsPerRow { get; }

    public float? ExpectedExperts(int layer) => MaxExpertsPerRow;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Shape.Require(hidden, [step.Rows, _build.Model.HiddenWidth], "hidden");
        (TensorView matrix, TensorView norm) = _gates[layer];
        TensorView scores = _scores.View(ElementType.F32, step.Rows, matrix.Shape[0]);
        Scoring job = new() { Hidden = hidden, Matrix = matrix, Norm = norm, Scores = scores, Epsilon = _build.Model.NormEpsilon };
        _build.Pool.Run(step.Rows, ref job);
        foreach (SequenceSlice sequence in step.Sequences)
        {
            for (int row = sequence.FirstRow; row < sequence.FirstRow + sequence.Rows; row++)
            {
                Choose(scores.At(row).AsSpan<float>(), _build.Model.Layers[layer].Has(Trait.Renormalise));
                plan.SetRow(row, _chosen, _weights);
            }
        }
    }

    public void Dispose()
    {
    }

    private TensorView Take(string name, params ReadOnlySpan<int> shape)
    {
        TensorView weight = _build.Weights.Take(name, shape), copy = _build.Allocate(_build.Host, ElementType.F32, shape);
        _build.Host.Copy(weight, copy);
        _build.Weights.Release(weight);
        return copy;
    }

    private void Choose(Span<float> probabilities, bool renormalises)
    {
        float mass = 0;
        for (int i = 0; i < _chosen.Length; i++)
        {
            int best = 0;
            for (int expert = 1; expert < probabilities.Length; expert++)
                best = probabilities[expert] > probabilities[best] ? expert : best;

            (_chosen[i], _weights[i]) = (best, probabilities[best]);
            mass += probabilities[best];
            probabilities[best] = -1;
        }

        for (int i = 0; renormalises && i < _weights.Length; i++)
            _weights[i] /= mass;
    }

    private struct Scoring : IJob
    {
        public required TensorView Hidden { get; init; }
        public required TensorView Matrix { get; init; }
        public required TensorView Norm { get; init; }
        public required TensorView Scores { get; init; }
        public required float Epsilon { get; init; }

        public readonly void Run(int part, int worker)
        {
            Span<float> x = Hidden.At(part).AsSpan<float>(), norm = Norm.AsSpan<float>(), scores = Scores.At(part).AsSpan<float>();
            double squares = 0;
            foreach (float value in x)
                squares += (double)value * value;

            double scale = 1 / Math.Sqrt(squares / x.Length + Epsilon), largest = double.NegativeInfinity, sum = 0;
            for (int expert = 0; expert < scores.Length; expert++)
            {
                Span<float> weights = Matrix.At(expert).AsSpan<float>();
                double score = 0;
                for (int i = 0; i < x.Length; i++)
                    score += weights[i] * (x[i] * scale * norm[i]);

                scores[expert] = (float)score;
                largest = Math.Max(largest, score);
            }

            for (int expert = 0; expert < scores.Length; expert++)
                sum += Math.Exp(scores[expert] - largest);
            for (int expert = 0; expert < scores.Length; expert++)
                scores[expert] = (float)(Math.Exp(scores[expert] - largest) / sum);
        }
    }
}
