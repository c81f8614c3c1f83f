using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Execution;

/// <summary>The per-sequence states of a pipeline's components, in addition to keys and values.</summary>
internal sealed class SequenceStates
{
    private readonly KeptState[] _states;
    private readonly Labeller[] _labellers = [];

    /// <param name="memory">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="components">The components of the pipeline.</param>
    /// <param name="leftOut">Layers through which no row passes: nothing is kept of them.</param>
    /// <exception cref="CompositionException">A layout is invalid, or a component with a state serves only one phase.</exception>
    public SequenceStates(MemoryAccount memory, IMemoryDomain host, Limits limits, IEnumerable<PipelineComponent> components, ImmutableArray<int> leftOut) =>
        (_states, _labellers) = ([.. components.SelectMany(component => Of(memory, host, limits, component, leftOut))], [.. components.Select(Labeller.Of).OfType<Labeller>()]);

    /// <summary>An instance without states.</summary>
    public SequenceStates() => _states = [];

    public long Bytes => _states.Sum(static state => state.Bytes);

    /// <summary>Multiples of each are positions that no step crosses.</summary>
    public IEnumerable<int> BorderTokens => _states.Select(static state => state.BorderTokens).Distinct();

    /// <summary>The state of the component of a role in a layer, shared by both phases; null if none.</summary>
    public KeptState? Of(Role role, int layer) => Array.Find(_states, state => state.Role == role.Name && state.Layer == layer);

    /// <summary>Commits the notes of a step on a sequence's rows.</summary>
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

    /// <summary>What kind of text a sequence is as of its last border, according to a component; null if none labels texts, or not yet.</summary>
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

    /// <summary>I8: everything kept for a sequence.</summary>
    public IEnumerable<TensorView> ViewsOf(int sequence) => _states.SelectMany(state => state.ViewsOf(sequence));

    /// <summary>Resets the states for a new sequence.</summary>
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

    /// <summary>Whether another pipeline kept all states of this one, for the same components.</summary>
    public bool AreOf(SequenceStates former) => _states.All(state => former.Like(state) is not null);

    /// <summary>Copies the states of a text of another pipeline to a sequence here.</summary>
    /// <param name="former">The states of a pipeline for which <see cref="AreOf"/> is true.</param>
    /// <param name="from">Id of the sequence in that pipeline.</param>
    /// <param name="to">Id of the sequence here.</param>
    public void TakeOver(SequenceStates former, int from, int to)
    {
        foreach (KeptState state in _states)
            state.CopyFrom(former.Like(state)!, from, to);
    }

    /// <summary>The length from which a text must be read again to have the state of a shorter length; the shorter length itself if nothing need be read.</summary>
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

    /// <summary>Truncates to a length returned by <see cref="ReadAgainFrom"/>.</summary>
    public void Truncate(int sequence, int tokens, int shorter)
    {
        foreach (KeptState state in _states)
            state.Truncate(sequence, tokens, shorter);
    }

    private KeptState? Like(KeptState other) => Array.Find(_states, state => state.IsLike(other));

    private static IEnumerable<KeptState> Of(MemoryAccount memory, IMemoryDomain host, Limits limits, PipelineComponent component, ImmutableArray<int> leftOut)
    {
        // An inner component gets its state from its outer one. A probe may keep its own state; otherwise it passes the step on.
        if (component.Outer is not null || (component.Called as IKeepsSequenceState ?? component.Instance as IKeepsSequenceState) is not { } keeps)
            yield break;

        // A head serves no layer: it is queried once.
        foreach (int layer in Role.Of(component.Role) == Role.Head ? [0] : component.Layers.Except(leftOut))
        {
            if (keeps.StateOf(layer) is not { } layout)
                continue;
            if (component.Phase is not null)
                throw new CompositionException($"{component.Role} '{component.Registered.FullName}' keeps a state of each sequence, so it must serve both phases. Name it without a phase.");

            yield return new KeptState(memory, host, limits, keeps, component.Role, component.Registered.FullName, layer, layout) { Of = component };
        }
    }
}
