using Spud;

namespace Reference;

/// <summary>A router that depends on the text and keeps what it knows of it by itself.</summary>
internal sealed class FaultyPromptRouter(PromptRouter router, IBuildContext build) : IRouter, IKeepsSequenceState
{
    private readonly Dictionary<int, TensorView> _states = [];

    public IMemoryDomain Domain => router.Domain;

    public int MaxExpertsPerRow => router.MaxExpertsPerRow;

    public SequenceStateLayout? StateOf(int layer) => router.StateOf(layer);

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        if (!_states.TryGetValue(layer, out TensorView states))
            _states[layer] = states = build.Allocate(build.Host, ElementType.I8, step.States.Shape);

        router.Route(layer, step with { States = states }, hidden, plan);
        foreach (SequenceSlice slice in step.Sequences)
            router.Advance(layer, step.Notes.At(slice.Id).Rows(slice.FirstPosition % step.BorderTokens, slice.Rows), states.At(slice.Id));
    }

    public void Advance(int layer, in TensorView notes, in TensorView state) => router.Advance(layer, notes, state);

    public void Dispose() => router.Dispose();
}
