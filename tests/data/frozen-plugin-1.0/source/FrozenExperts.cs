using Spud;

namespace Frozen;

internal sealed class FrozenExperts : IExperts
{
    private readonly ModelDescription _model;
    private readonly Dictionary<int, Matrices> _layers = [];

    public FrozenExperts(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        foreach (int layer in build.Layers)
        {
            (int e, int f, int c) = (_model.Layers[layer].Experts, _model.Layers[layer].ExpertWidth, _model.HiddenWidth);
            _layers[layer] = new(
                build.Take(domain, $"blk.{layer}.ffn_norm.weight", c),
                build.Take(domain, $"blk.{layer}.ffn_gate_exps.weight", e, f, c),
                build.Take(domain, $"blk.{layer}.ffn_up_exps.weight", e, f, c),
                build.Take(domain, $"blk.{layer}.ffn_down_exps.weight", e, c, f));
        }

        build.EstimateNative(domain, 0);
    }

    public IMemoryDomain Domain { get; }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        Shape.Require(plan.Offsets, [step.Rows + 1], "offsets");
        Matrices weights = _layers[layer];
        float scale = _model.Layers[layer].Number(Trait.ExpertResidualScale, 1);
        for (int row = 0; row < step.Rows; row++)
        {
            double[] x = Arithmetic.RmsNorm(input.At(row).Floats, weights.Norm.Floats, _model.NormEpsilon), added = new double[x.Length];
            for (int entry = Math.Max(0, plan.Offsets.Ints[row]); entry < Math.Min(plan.Experts.Shape[0], plan.Offsets.Ints[row + 1]); entry++)
            {
                // A plan on a device has not been checked yet.
                int expert = plan.Experts.Ints[entry];
                if ((uint)expert < (uint)_model.Layers[layer].Experts)
                    Add(weights, expert, x, plan.Weights.Floats[entry] * scale, added);
            }

            Span<float> to = output.At(row).Floats;
            for (int i = 0; i < to.Length; i++)
                to[i] += (float)added[i];
        }
    }

    public void Dispose()
    {
    }

    private static void Add(Matrices weights, int expert, double[] x, double weight, double[] added)
    {
        double[] gate = Arithmetic.Multiply(weights.Gate.At(expert).Floats, x), up = Arithmetic.Multiply(weights.Up.At(expert).Floats, x);
        for (int i = 0; i < gate.Length; i++)
            gate[i] = gate[i] / (1 + Math.Exp(-gate[i])) * up[i];

        double[] down = Arithmetic.Multiply(weights.Down.At(expert).Floats, gate);
        for (int i = 0; i < added.Length; i++)
            added[i] += weight * down[i];
    }

    private sealed record Matrices(TensorView Norm, TensorView Gate, TensorView Up, TensorView Down);
}
