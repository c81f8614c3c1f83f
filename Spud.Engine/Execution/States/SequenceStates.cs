using Spud.Configuration;

namespace Spud.Execution;

/// <summary>All that a pipeline's components keep of its sequences, in addition to keys and values.</summary>
internal sealed class SequenceStates
{
    private readonly KeptState[] _states;
    private readonly Labeller[] _labellers = [];

    /// <param name="memory">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="components">Of the pipeline.</param>
    /// <exception cref="CompositionException">A layout is impossible, or a component with a state serves one phase only.</exception>
    public SequenceStates(MemoryAccount memory, IMemoryDomain host, Limits limits, IEnumerable<PipelineComponent> components) =>
        (_states, _labellers) = ([.. components.SelectMany(component => Of(memory, host, limits, component))], [.. components.Select(Labeller.Of).OfType<Labeller>()]);

    /// <summary>Nothing is kept.</summary>
    public SequenceStates() => _states = [];

    public long Bytes => _states.Sum(static state => state.Bytes);

    /// <summary>Positions that no step crosses are the multiples of each.</summary>
    public IEnumerable<int> BorderTokens => _states.Select(static state => state.BorderTokens).Distinct();

    /// <summary>What is kept for the component of a role in a layer; null: nothing. There is one for both phases.</summary>
    public KeptState? Of(Role role, int layer) => Array.Find(_states, state => state.Role == role.Name && state.Layer == layer);

    /// <summary>Keeps what a step noted of a sequence's rows.</summary>
    /// <exception cref="ComponentException">A component threw.</exception>
    public void Commit(in BatchEntry entry, int rows)
    {
        foreach (KeptState state in _states)
        {
            try
            {
                state.Commit(entry.Sequence.Id, entry.FirstPosition + rows);
            }
            catch (Exception fault)
            {
                throw new ComponentException(state.Role, state.Name, state.Layer, fault);
            }
        }
    }

    /// <summary>What kind of text a sequence is as of its last border, as a component tells; null: none does, or not yet.</summary>
    /// <exception cref="ComponentException">A component threw.</exception>
    public TextLabel? LabelOf(int sequence)
    {
        foreach (Labeller labeller in _labellers)
        {
            if (labeller.LabelOf(sequence, _states) is { } label)
                return label;
        }

        return null;
    }

    /// <summary>I8: all that is kept of a sequence.</summary>
    public IEnumerable<TensorView> ViewsOf(int sequence) => _states.SelectMany(state => state.ViewsOf(sequence));

    /// <summary>A new sequence: nothing is known of it.</summary>
    public void Clear(int sequence)
    {
        foreach (KeptState state in _states)
            state.Clear(sequence);
    }

    public void Fork(int from, int to)
    {
        foreach (KeptState state in _states)
            state.Fork(from, to);
    }

    /// <summary>Whether everything that is kept here was kept by another pipeline, by the same components.</summary>
    public bool AreOf(SequenceStates former) => _states.All(state => former.Like(state) is not null);

    /// <summary>A sequence that knows what a text of another pipeline knows.</summary>
    /// <param name="former">Of a pipeline that <see cref="AreOf"/> allows.</param>
    /// <param name="from">Id of the sequence there.</param>
    /// <param name="to">Id here.</param>
    public void TakeOver(SequenceStates former, int from, int to)
    {
        foreach (KeptState state in _states)
            state.CopyFrom(former.Like(state)!, from, to);
    }

    /// <summary>The length from which a text must be read again to have the state of a shorter length; that length if nothing need be read.</summary>
    public int ReadAgainFrom(int tokens, int shorter)
    {
        int from = shorter;
        // Going back further for one state may make it necessary for another.
        for (int before = -1; before != from;)
        {
            before = from;
            foreach (KeptState state in _states)
                from = Math.Min(from, state.ReadAgainFrom(tokens, from));
        }

        return from;
    }

    /// <summary>Goes back to a length that <see cref="ReadAgainFrom"/> named.</summary>
    public void Truncate(int sequence, int tokens, int shorter)
    {
        foreach (KeptState state in _states)
            state.Truncate(sequence, tokens, shorter);
    }

    private KeptState? Like(KeptState other) => Array.Find(_states, state => state.IsLike(other));

    private static IEnumerable<KeptState> Of(MemoryAccount memory, IMemoryDomain host, Limits limits, PipelineComponent component)
    {
        // What is inside another component gets its state from that one. A probe may keep a state of its own, and passes the step on otherwise.
        if (component.Outer is not null || (component.Called as IKeepsSequenceState ?? component.Instance as IKeepsSequenceState) is not { } keeps)
            yield break;

        // A head serves no layer: it is asked once.
        foreach (int layer in Role.Of(component.Role) == Role.Head ? [0] : component.Layers)
        {
            if (keeps.StateOf(layer) is not { } layout)
                continue;
            if (component.Phase is not null)
                throw new CompositionException($"{component.Role} '{component.Registered.FullName}' keeps a state of each sequence, so it must serve both phases. Name it without a phase.");

            yield return new KeptState(memory, host, limits, keeps, component.Role, component.Registered.FullName, layer, layout) { Of = component };
        }
    }
}
