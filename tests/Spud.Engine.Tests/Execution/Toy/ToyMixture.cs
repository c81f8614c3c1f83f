namespace Spud.Tests.Execution.Toy;

/// <summary>The best K experts of each row, or whatever plan a test writes.</summary>
internal sealed class ToyRouter(IMemoryDomain host, ModelDescription model, ToyFaults faults) : IRouter
{
    /// <summary>Spoils a plan that is right.</summary>
    public Action<RoutingPlan>? Spoil { get; set; }

    public IMemoryDomain Domain => host;

    public int MaxExpertsPerRow => 2;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        faults.At("Route", layer, step);
        for (int row = 0; row < step.Rows; row++)
        {
            float[] x = hidden.At(row).AsSpan<float>().ToArray();
            int[] best = [.. Enumerable.Range(0, model.Layers[layer].Experts).OrderByDescending(e => ToyMath.Product(x, 10 * layer + 4, e)).Take(2)];
            plan.SetRow(row, best, [0.75f, 0.25f]);
        }

        Spoil?.Invoke(plan);
    }

    public void Dispose()
    {
    }
}

/// <summary>One squashed matrix an expert.</summary>
internal sealed class ToyExperts(IMemoryDomain host, ToyFaults faults) : IExperts
{
    public IMemoryDomain Domain => host;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        faults.At("Execute", layer, step);
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>(), experts = plan.Experts.AsSpan<int>();
        ReadOnlySpan<float> weights = plan.Weights.AsSpan<float>();
        for (int row = 0; row < step.Rows; row++)
        {
            float[] x = input.At(row).AsSpan<float>().ToArray();
            Span<float> to = output.At(row).AsSpan<float>();
            for (int i = offsets[row]; i < offsets[row + 1]; i++)
            {
                for (int c = 0; c < to.Length; c++)
                    to[c] += weights[i] * (float)Math.Tanh(ToyMath.Product(x, 100 * (layer + 1) + experts[i], c));
            }
        }
    }

    public void Dispose()
    {
    }
}
