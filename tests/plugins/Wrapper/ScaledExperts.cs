using Spud;

namespace Wrapper;

/// <summary>Multiplies what other experts add by the pack's scale of each layer and column, [C].</summary>
internal sealed class ScaledExperts : IExperts
{
    private readonly IExperts _inner;
    private readonly Workspace _added;
    private readonly Dictionary<int, TensorView> _scales = [];

    public ScaledExperts(WrapperOptions options, IBuildContext build)
    {
        _inner = build.Component<IExperts>(options.Inner);
        _added = build.Reserve(build.Host, (long)sizeof(float) * build.Limits.Rows * build.Model.HiddenWidth);
        foreach (int layer in build.Pack is null ? [] : build.Layers)
            _scales[layer] = build.Pack!.Take($"blk.{layer}.ffn_scale.weight", build.Model.HiddenWidth);
    }

    public IMemoryDomain Domain => _inner.Domain;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        Shape.Require(output, input.Shape, "output");
        // The experts inside have workspaces of their own, which are not this one.
        TensorView added = _added.View(ElementType.F32, input.Shape);
        added.AsSpan<float>().Clear();
        _inner.Execute(layer, step, input, plan, added);
        for (int row = 0; row < step.Rows; row++)
        {
            Span<float> from = added.At(row).AsSpan<float>(), to = output.At(row).AsSpan<float>();
            for (int i = 0; i < to.Length; i++)
                to[i] += from[i] * (_scales.Count == 0 ? 1 : _scales[layer].AsSpan<float>()[i]);
        }
    }

    public void Dispose()
    {
    }
}
