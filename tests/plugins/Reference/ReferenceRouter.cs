using Spud;

namespace Reference;

/// <summary>Softmax over all experts, then the K largest; of equals the lower number.</summary>
internal sealed class ReferenceRouter : IPerLayerRouter
{
    private readonly ModelDescription _model;
    private readonly Gate?[] _gates;
    private readonly double[] _row, _probabilities;

    public ReferenceRouter(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        _gates = new Gate?[_model.Layers.Length];
        _row = new double[_model.HiddenWidth];
        foreach (int layer in build.Layers)
        {
            _gates[layer] = new Gate(build, domain, layer);
            MaxExpertsPerRow = Math.Max(MaxExpertsPerRow, _model.Layers[layer].ExpertsUsed);
        }

        _probabilities = new double[_model.Layers.Max(layer => layer.Experts)];
    }

    public IMemoryDomain Domain { get; }

    public int MaxExpertsPerRow { get; } = 1;

    public int MaxExpertsIn(int layer) => _model.Layers[layer].ExpertsUsed;

    public static void Require(ModelDescription model, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Shape.Require(hidden, [step.Rows, model.HiddenWidth], "hidden", "[T, C]");
        Shape.Require(plan.Offsets, [step.Rows + 1], "offsets", "[T + 1]");
    }

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Require(_model, step, hidden, plan);
        plan.Offsets.Ints[0] = 0;
        for (int row = 0; row < step.Rows; row++)
            Choose(layer, Probabilities(layer, hidden.At(row)), row, plan);
    }

    public void Dispose()
    {
    }

    /// <summary>[E]: of a row; the caller's until the next call.</summary>
    public Span<double> Probabilities(int layer, in TensorView hidden)
    {
        Gate gate = _gates[layer]!;
        Span<double> scores = _probabilities.AsSpan(0, _model.Layers[layer].Experts);
        Arithmetic.Widen(hidden.Floats, _row);
        Arithmetic.RmsNorm(_row, gate.Norm.Floats, _model.NormEpsilon, _row);
        Arithmetic.Linear(gate.Matrix.Floats, _row, Weights.OrNone(gate.Bias), scores);
        double max = double.NegativeInfinity, sum = 0;
        foreach (double score in scores)
            max = Math.Max(max, score);
        foreach (ref double score in scores)
            sum += score = Math.Exp(score - max);
        foreach (ref double score in scores)
            score /= sum;

        return scores;
    }

    /// <summary>Plans a row; rows are planned in ascending order.</summary>
    public void Choose(int layer, Span<double> probabilities, int row, in RoutingPlan plan)
    {
        LayerDescription of = _model.Layers[layer];
        int first = plan.Offsets.Ints[row];
        Span<int> experts = plan.Experts.Ints.Slice(first, of.ExpertsUsed);
        Span<float> weights = plan.Weights.Floats.Slice(first, of.ExpertsUsed);
        Choose(probabilities, of.Has(Trait.Renormalise), experts, weights);
        plan.Offsets.Ints[row + 1] = first + experts.Length;
    }

    private static void Choose(Span<double> probabilities, bool renormalises, Span<int> experts, Span<float> weights)
    {
        double sum = 0;
        for (int i = 0; i < experts.Length; i++)
        {
            int best = 0;
            for (int expert = 1; expert < probabilities.Length; expert++)
                best = probabilities[expert] > probabilities[best] ? expert : best;

            (experts[i], weights[i]) = (best, (float)probabilities[best]);
            sum += probabilities[best];
            probabilities[best] = -1; // chosen
        }

        if (renormalises)
        {
            foreach (ref float weight in weights)
                weight = (float)(weight / sum);
        }
    }

    private sealed class Gate
    {
        public Gate(IBuildContext build, IMemoryDomain domain, int layer)
        {
            (int e, int c) = (build.Model.Layers[layer].Experts, build.Model.HiddenWidth);
            Norm = build.Take(domain, $"blk.{layer}.ffn_norm.weight", c);
            Matrix = build.Take(domain, $"blk.{layer}.ffn_gate_inp.weight", e, c);
            Bias = build.TakeIf(build.Model.Layers[layer].Has(Trait.GateBias), domain, $"blk.{layer}.ffn_gate_inp.bias", e);
        }

        /// <summary>[C].</summary>
        public TensorView Norm { get; }

        /// <summary>[E, C].</summary>
        public TensorView Matrix { get; }

        /// <summary>[E], or absent.</summary>
        public TensorView Bias { get; }
    }
}
