using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Oracles;

/// <summary>Top-k routing of one row, in double precision, from the definition.</summary>
/// <param name="model">The layer.</param>
/// <param name="build">Holds the weights that the component took.</param>
public sealed class RouterOracle(TestModel model, TestBuild build)
{
    /// <summary>Softmax over all experts of what a router's weights make of a row.</summary>
    /// <param name="input">[C], before the norm.</param>
    /// <param name="norm">[C].</param>
    /// <param name="epsilon">Of the norm.</param>
    /// <param name="gate">[E, C].</param>
    /// <param name="bias">[E], or empty.</param>
    public static double[] Probabilities(double[] input, double[] norm, double epsilon, double[] gate, double[] bias)
    {
        double[] scores = Plain.Linear(Plain.RmsNorm(input, norm, epsilon), gate, bias);
        double all = scores.Sum(score => Math.Exp(score - scores.Max()));
        return [.. scores.Select(score => Math.Exp(score - scores.Max()) / all)];
    }

    /// <summary>The most probable experts of some, with their multipliers.</summary>
    public static IReadOnlyList<(int Expert, double Weight)> Choose(double[] probabilities, int chosen, bool renormalises)
    {
        List<(int Expert, double Weight)> best =
            [.. probabilities.Select((probability, expert) => (expert, probability)).OrderByDescending(entry => entry.probability).Take(chosen)];
        double sum = best.Sum(entry => entry.Weight);
        return renormalises ? [.. best.Select(entry => (entry.Expert, entry.Weight / sum))] : best;
    }

    /// <summary>Softmax over all experts of a row.</summary>
    public double[] Probabilities(double[] input) => Probabilities(
        input, build.Read("blk.0.ffn_norm.weight"), build.Model.NormEpsilon, build.Read("blk.0.ffn_gate_inp.weight"),
        model.Has(Trait.GateBias) ? build.Read("blk.0.ffn_gate_inp.bias") : []);

    /// <summary>Chosen experts, most probable first, with their multipliers.</summary>
    public IReadOnlyList<(int Expert, double Weight)> Route(double[] input, int chosen) => Choose(Probabilities(input), chosen, model.Has(Trait.Renormalise));
}
