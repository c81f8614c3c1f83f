using Spud.Composition;
using Spud.Execution;

namespace Spud.Tests.Metering.Budgets;

/// <summary>Experts that throw where a doomed sequence takes part.</summary>
internal sealed class FaultyExperts(IExperts experts) : IExperts
{
    /// <summary>Ids of sequences.</summary>
    public HashSet<int> Doomed { get; } = [];

    public IMemoryDomain Domain => experts.Domain;

    /// <summary>Puts itself into the last layer of a pipeline whose engine is made.</summary>
    public static FaultyExperts Into(Pipeline pipeline)
    {
        LayerParts last = pipeline.Parts.Layers[0][^1];
        FaultyExperts faulty = new(last.Experts.Component);
        foreach (LayerParts[] phase in pipeline.Parts.Layers)
            phase[^1] = last with { Experts = last.Experts with { Name = "faulty", Component = faulty } };

        StepCompiler.Compile(pipeline.Parts).CopyTo(pipeline.Parts.Plans, 0);
        return faulty;
    }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        foreach (SequenceSlice sequence in step.Sequences)
        {
            if (Doomed.Contains(sequence.Id))
                throw new InvalidOperationException("doomed");
        }

        experts.Execute(layer, step, input, plan, output);
    }

    public void Dispose()
    {
    }
}
