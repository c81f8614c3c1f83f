using Spud.Composition;
using Spud.Execution;

namespace Spud.Tests.Generation;

/// <summary>Experts of one layer that tell a test of each call before they compute.</summary>
internal sealed class HookedExperts(IExperts experts, Action<int> hook) : IExperts
{
    public IMemoryDomain Domain => experts.Domain;

    /// <summary>Puts itself into a layer of a pipeline whose engine is made.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="hook">Gets the number of rows of the step.</param>
    public static void Into(Pipeline pipeline, int layer, Action<int> hook)
    {
        LayerParts parts = pipeline.Parts.Layers[0][layer];
        HookedExperts hooked = new(parts.Experts.Component, hook);
        foreach (LayerParts[] phase in pipeline.Parts.Layers)
            phase[layer] = parts with { Experts = parts.Experts with { Component = hooked } };

        StepCompiler.Compile(pipeline.Parts).CopyTo(pipeline.Parts.Plans, 0);
    }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        hook(step.TokenIds.Shape[0]);
        experts.Execute(layer, step, input, plan, output);
    }

    public void Dispose()
    {
    }
}
