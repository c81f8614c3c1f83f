using Spud;

namespace Reference;

/// <summary>The planned experts of each row, one after the other, and the shared one.</summary>
internal sealed class ReferenceExperts : IExperts
{
    private readonly ModelDescription _model;
    private readonly ExpertWeights?[] _layers;
    private readonly double[] _row, _delta, _gate, _up, _down;

    public ReferenceExperts(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        _layers = new ExpertWeights?[_model.Layers.Length];
        int width = 0;
        foreach (int layer in build.Layers)
        {
            _layers[layer] = new ExpertWeights(build, domain, layer);
            width = Math.Max(width, Math.Max(_model.Layers[layer].ExpertWidth, (int)_model.Layers[layer].Number(Trait.SharedExpert, 0)));
        }

        (_row, _delta, _down) = (new double[_model.HiddenWidth], new double[_model.HiddenWidth], new double[_model.HiddenWidth]);
        (_gate, _up) = (new double[width], new double[width]);
    }

    public IMemoryDomain Domain { get; }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        Shape.Require(input, [step.Rows, _model.HiddenWidth], "input", "[T, C]");
        Shape.Require(output, [step.Rows, _model.HiddenWidth], "output", "[T, C]");
        Shape.Require(plan.Offsets, [step.Rows + 1], "offsets", "[T + 1]");
        ExpertWeights weights = _layers[layer]!;
        LayerDescription of = _model.Layers[layer];
        for (int row = 0; row < step.Rows; row++)
        {
            Arithmetic.Widen(input.At(row).Floats, _row);
            Arithmetic.RmsNorm(_row, weights.Norm.Floats, _model.NormEpsilon, _row);
            Array.Clear(_delta);
            Routed(weights, of, plan, row);
            Shared(weights, of);
            if (weights.PostNorm.IsPresent)
                Arithmetic.RmsNorm(_delta, weights.PostNorm.Floats, _model.NormEpsilon, _delta);
            Arithmetic.AddScaled(of.Number(Trait.ExpertResidualScale, 1), _delta, output.At(row).Floats);
        }
    }

    public void Dispose()
    {
    }

    private void Routed(ExpertWeights weights, LayerDescription of, in RoutingPlan plan, int row)
    {
        ReadOnlySpan<int> offsets = plan.Offsets.Ints, experts = plan.Experts.Ints;
        // A plan on a device may not have been checked yet.
        (int from, int to) = (Math.Max(0, offsets[row]), Math.Min(experts.Length, offsets[row + 1]));
        for (int i = from; i < to; i++)
        {
            if ((uint)experts[i] < (uint)of.Experts)
                AddExpert(weights.Routed, of, experts[i], plan.Weights.Floats[i]);
        }
    }

    private void Shared(ExpertWeights weights, LayerDescription of)
    {
        if (weights.Shared is not { } shared)
            return;

        double gate = weights.SharedGate.IsPresent ? Arithmetic.Sigmoid(Arithmetic.Dot(weights.SharedGate.Floats, _row)) : 1;
        AddExpert(shared, of, 0, gate);
    }

    private void AddExpert(ExpertWeights.Matrices matrices, LayerDescription of, int expert, double weight)
    {
        Span<double> gate = _gate.AsSpan(0, matrices.Gate.Shape[1]), up = _up.AsSpan(0, gate.Length);
        Arithmetic.Linear(matrices.Gate.At(expert).Floats, _row, ExpertWeights.BiasOf(matrices.GateBias, expert), gate);
        Arithmetic.Linear(matrices.Up.At(expert).Floats, _row, ExpertWeights.BiasOf(matrices.UpBias, expert), up);
        for (int i = 0; i < gate.Length; i++)
            gate[i] = Activate(of, gate[i], up[i]);

        Arithmetic.Linear(matrices.Down.At(expert).Floats, gate, ExpertWeights.BiasOf(matrices.DownBias, expert), _down);
        for (int i = 0; i < _delta.Length; i++)
            _delta[i] += weight * _down[i];
    }

    private static double Activate(LayerDescription of, double gate, double up)
    {
        if (of.Has(Trait.ClampedSwiGlu))
        {
            double limit = of.Number(Trait.ClampedSwiGlu, 0), clamped = Math.Min(gate, limit);
            return clamped * Arithmetic.Sigmoid(1.702 * clamped) * (Math.Clamp(up, -limit, limit) + 1);
        }

        return of.Has(Trait.Gelu)
            ? 0.5 * gate * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (gate + 0.044715 * gate * gate * gate))) * up
            : gate * Arithmetic.Sigmoid(gate) * up;
    }
}
