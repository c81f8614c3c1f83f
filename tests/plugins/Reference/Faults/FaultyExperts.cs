using Spud;

namespace Reference;

/// <summary>Experts that go wrong in one way.</summary>
internal sealed class FaultyExperts(IExperts experts, Fault fault, IBuildContext build) : IExperts
{
    public IMemoryDomain Domain => experts.Domain;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        float[] before = output.Floats.ToArray();
        switch (fault)
        {
            case Fault.OverwritesOutput:
                output.Floats.Clear();
                break;
            case Fault.ReadsLate:
                experts.Execute(layer, step, input, Every(plan, second: false), output);
                experts.Execute(layer, step, input, Every(plan, second: true), output);
                return;
            case Fault.TrustsAnyPlan:
                int[] known = [.. Enumerable.Range(0, build.Model.Layers[layer].Experts)];
                foreach (int expert in plan.Experts.Ints)
                    _ = known[expert];
                break;
        }

        experts.Execute(layer, step, input, plan, output);
        for (int row = 0; fault == Fault.SkipsEmptyRows && row < step.Rows; row++)
        {
            if (plan.Offsets.Ints[row] == plan.Offsets.Ints[row + 1])
                before.AsSpan(row * output.Shape[1], output.Shape[1]).CopyTo(output.At(row).Floats);
        }
    }

    public void Dispose() => experts.Dispose();

    /// <summary>The plan with the weights of every second entry taken away.</summary>
    private RoutingPlan Every(in RoutingPlan plan, bool second)
    {
        TensorView weights = build.Allocate(Domain, ElementType.F32, plan.Weights.Shape);
        for (int i = 0; i < weights.Floats.Length; i++)
            weights.Floats[i] = i % 2 == (second ? 1 : 0) ? plan.Weights.Floats[i] : 0;
        return new() { Offsets = plan.Offsets, Experts = plan.Experts, Weights = weights };
    }
}
