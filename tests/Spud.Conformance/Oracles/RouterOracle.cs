using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Oracles;

/// <summary>Top-k routing of one row, in double precision, from the definition.</summary>
/// <param name="model">The layer.</param>
/// <param name="build">Holds the weights that the component took.</param>
public sealed class RouterOracle(TestModel model, TestBuild build)
{
    /// <summary>Chosen experts, most probable first, with their multipliers.</summary>
    public IReadOnlyList<(int Expert, double Weight)> Route(double[] input, int chosen)
    {
        double[] x = Plain.RmsNorm(input, build.Read("blk.0.ffn_norm.weight"), build.Model.NormEpsilon);
        double[] scores = Plain.Linear(
            x, build.Read("blk.0.ffn_gate_inp.weight"), model.Has(Trait.GateBias) ? build.Read("blk.0.ffn_gate_inp.bias") : []);
        double all = scores.Sum(score => Math.Exp(score - scores.Max()));
        List<(int Expert, double Weight)> best =
            [.. scores.Select((score, expert) => (expert, Math.Exp(score - scores.Max()) / all)).OrderByDescending(entry => entry.Item2).Take(chosen)];
        double sum = best.Sum(entry => entry.Weight);
        return model.Has(Trait.Renormalise) ? [.. best.Select(entry => (entry.Expert, entry.Weight / sum))] : best;
    }
}
