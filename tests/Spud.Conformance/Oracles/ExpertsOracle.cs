using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Oracles;

/// <summary>Experts of one row, in double precision, from the definition.</summary>
/// <param name="model">The layer.</param>
/// <param name="build">Holds the weights that the component took.</param>
public sealed class ExpertsOracle(TestModel model, TestBuild build)
{
    /// <summary>What is added to a row: [C].</summary>
    /// <param name="input">[C].</param>
    /// <param name="plan">Expert and multiplier.</param>
    public double[] Execute(double[] input, IEnumerable<(int Expert, float Weight)> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        double[] x = Plain.RmsNorm(input, Read("ffn_norm.weight"), build.Model.NormEpsilon), y = new double[model.Hidden];
        foreach ((int expert, float weight) in plan)
            Add(y, weight, Expert(x, "exps", expert, model.ExpertWidth));

        if (model.Traits.TryGetValue(Trait.SharedExpert, out float width))
            Add(y, SharedWeight(x), Expert(x, "shexp", 0, (int)width));
        if (model.Has(Trait.ExpertPostNorm))
            y = Plain.RmsNorm(y, Read("post_ffw_norm.weight"), build.Model.NormEpsilon);

        return model.Traits.TryGetValue(Trait.ExpertResidualScale, out float scale) ? [.. y.Select(value => value * scale)] : y;
    }

    private static void Add(double[] y, double weight, double[] x)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] += weight * x[i];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private double SharedWeight(double[] x) =>
        model.Has(Trait.SharedGate) ? Sigmoid(Plain.Linear(x, Read("ffn_gate_inp_shexp.weight"))[0]) : 1;

    private double[] Expert(double[] x, string kind, int expert, int width)
    {
        bool bias = kind == "exps" && model.Has(Trait.ExpertBias);
        double[] gate = Part("ffn_gate_" + kind, x, expert, width, bias), up = Part("ffn_up_" + kind, x, expert, width, bias);
        return Part("ffn_down_" + kind, [.. gate.Zip(up, Activate)], expert, model.Hidden, bias);
    }

    private double[] Part(string name, double[] x, int expert, int outputs, bool bias)
    {
        int size = outputs * x.Length;
        return Plain.Linear(
            x, Read(name + ".weight").AsSpan(expert * size, size), bias ? Read(name + ".bias").AsSpan(expert * outputs, outputs) : []);
    }

    private double Activate(double gate, double up)
    {
        if (model.Traits.TryGetValue(Trait.ClampedSwiGlu, out float limit))
        {
            double g = Math.Min(gate, limit);
            return g * Sigmoid(1.702 * g) * (Math.Clamp(up, -limit, limit) + 1);
        }

        return model.Has(Trait.Gelu)
            ? 0.5 * gate * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (gate + 0.044715 * gate * gate * gate))) * up
            : gate * Sigmoid(gate) * up;
    }

    private double[] Read(string name) => build.Read("blk.0." + name);
}
