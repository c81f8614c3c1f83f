using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Oracles;

/// <summary>Both ends of a model for one row, in double precision, from the definition.</summary>
/// <param name="model">The model.</param>
/// <param name="build">Holds the weights that the component took.</param>
public sealed class HeadOracle(TestModel model, TestBuild build)
{
    /// <summary>Embedding of a token: [C].</summary>
    public double[] Embed(int token)
    {
        double scale = model.Traits.TryGetValue(Trait.EmbeddingScale, out float number) ? number : 1;
        return [.. build.Read("token_embd.weight").AsSpan(token * model.Hidden, model.Hidden).ToArray().Select(value => value * scale)];
    }

    /// <summary>A row behind the final norm: [C].</summary>
    public double[] Normed(double[] hidden) => Plain.RmsNorm(hidden, build.Read("output_norm.weight"), build.Model.NormEpsilon);

    /// <summary>Logits of a row: [V].</summary>
    public double[] Logits(double[] hidden)
    {
        double scale = model.Traits.TryGetValue(Trait.LogitScale, out float number) ? number : 1;
        double[] x = Normed(hidden);
        return [.. Plain.Linear(x, build.Read(model.Has(Trait.TiedHead) ? "token_embd.weight" : "output.weight")).Select(value => value * scale)];
    }
}
