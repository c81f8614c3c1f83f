using Spud.Configuration;

namespace Spud.Execution;

/// <summary>A component that determines from its states what kind of text a sequence is.</summary>
internal sealed class Labeller
{
    private readonly ILabelsText _component;
    private readonly string _role, _name;
    private readonly int[] _layers;
    private readonly TensorView[] _views;

    private Labeller(PipelineComponent component, ILabelsText labels)
    {
        (_component, _role, _name) = (labels, component.Role, component.Registered.FullName);
        _layers = [.. component.Layers];
        _views = new TensorView[_layers.Max() + 1];
    }

    /// <summary>Null if the component does not label text.</summary>
    public static Labeller? Of(PipelineComponent component) =>
        // An inner component is asked through its outer one.
        component.Outer is null && component.Instance is ILabelsText labels && component.Layers.Length > 0 && Role.Of(component.Role).DiffersByLayer ? new(component, labels) : null;

    /// <param name="sequence">Id of the sequence.</param>
    /// <param name="states">The states of all components.</param>
    /// <exception cref="ComponentException">The component threw.</exception>
    public TextLabel? LabelOf(int sequence, ReadOnlySpan<KeptState> states)
    {
        foreach (KeptState state in states)
        {
            if (state.HasState && state.Role == _role && Array.IndexOf(_layers, state.Layer) >= 0)
                _views[state.Layer] = state.StateOf(sequence);
        }

        try
        {
            return _component.LabelOf(_views);
        }
        catch (Exception fault)
        {
            throw new ComponentException(_role, _name, null, fault);
        }
    }
}
