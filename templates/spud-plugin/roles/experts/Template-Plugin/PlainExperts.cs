using Spud;

namespace TemplateSpace;

/// <summary>
/// Adds to each row the weighted sum of its experts: <c>down (silu(gate x) * up x)</c>, or GELU for SiLU, of the row's RMS norm x. A dense
/// layer is a mixture of one expert.
/// </summary>
internal sealed class PlainExperts : IExperts
{
    private readonly IBuildContext _build;
    private readonly ExpertWeights?[] _layers;
    private readonly float[][] _scratch;

    public PlainExperts(IBuildContext build)
    {
        _build = build;
        _layers = new ExpertWeights?[build.Model.Layers.Length];
        foreach (int layer in build.Layers)
            _layers[layer] = new ExpertWeights(build, layer);

        // One for each worker, made once: calls allocate nothing.
        int floats = 2 * build.Model.HiddenWidth + 2 * build.Layers.Max(layer => build.Model.Layers[layer].ExpertWidth);
        _scratch = [.. Enumerable.Range(0, build.Pool.Threads).Select(_ => new float[floats])];
    }

    public IMemoryDomain Domain => _build.Host;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        Shape.Require(input, [step.Rows, _build.Model.HiddenWidth], "input");
        Shape.Require(output, [step.Rows, _build.Model.HiddenWidth], "output");
        Shape.Require(plan.Offsets, [step.Rows + 1], "plan.Offsets");
        ExpertsJob job = new()
        {
            Layer = _build.Model.Layers[layer],
            Epsilon = _build.Model.NormEpsilon,
            Weights = _layers[layer]!,
            Input = input,
            Plan = plan,
            Output = output,
            Scratch = _scratch,
        };
        _build.Pool.Run(step.Rows, ref job);
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }
}
