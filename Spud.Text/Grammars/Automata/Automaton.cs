namespace Spud.Text.Grammars;

/// <summary>
/// A pushdown automaton over bytes. A state has transitions over bytes, or continues in other states without reading, or calls a rule and
/// then continues in a state that is pushed on the stack. Immutable.
/// </summary>
internal sealed class Automaton
{
    /// <summary>Instead of a state to return to: the call is the last thing its rule does, so nothing is pushed.</summary>
    public const int TailCall = -1;

    /// <summary>Length of the texts, in bytes, that tell states apart by <see cref="LikeOf"/>: longer than most tokens.</summary>
    public const int Sight = 16;

    private readonly AutomatonState[] _states;
    private readonly ByteTransition[] _transitions;
    private readonly int[] _epsilons;
    private readonly byte[] _classes;
    private readonly int[] _likeness;
    private readonly HashSet<int> _models;

    public Automaton(AutomatonState[] states, ByteTransition[] transitions, int[] epsilons, int[] likeness, int start)
    {
        (_states, _transitions, _epsilons, _likeness, Start) = (states, transitions, epsilons, likeness, start);
        _models = [.. likeness.Where((like, state) => like != state)];
        _classes = ClassesOf(transitions, out int count);
        ClassCount = count;
    }

    /// <summary>The state in which texts begin.</summary>
    public int Start { get; }

    /// <summary>Number of states.</summary>
    public int Count => _states.Length;

    /// <summary>Number of classes of bytes that no transition distinguishes.</summary>
    public int ClassCount { get; }

    /// <summary>A state.</summary>
    public ref readonly AutomatonState this[int state] => ref _states[state];

    /// <summary>A state that reads the same texts of up to <see cref="Sight"/> bytes, and of longer ones perhaps others; often the state itself.</summary>
    public int LikeOf(int state) => _likeness[state];

    /// <summary>Whether other states are like a state.</summary>
    public bool IsModel(int state) => _models.Contains(state);

    /// <summary>The class of a byte.</summary>
    public int ClassOf(byte b) => _classes[b];

    /// <summary>Transitions over bytes.</summary>
    public ReadOnlySpan<ByteTransition> Transitions(int state) => _transitions.AsSpan(_states[state].FirstTransition, _states[state].TransitionCount);

    /// <summary>States in which a state continues without reading.</summary>
    public ReadOnlySpan<int> Epsilons(int state) => _epsilons.AsSpan(_states[state].FirstEpsilon, _states[state].EpsilonCount);

    private static byte[] ClassesOf(ByteTransition[] transitions, out int count)
    {
        bool[] begins = new bool[257];
        foreach (ByteTransition transition in transitions)
            begins[transition.First] = begins[transition.Last + 1] = true;

        byte[] classes = new byte[256];
        int current = 0;
        for (int b = 1; b < classes.Length; b++)
            classes[b] = (byte)(current += begins[b] ? 1 : 0);

        count = current + 1;
        return classes;
    }
}

/// <summary>A state.</summary>
/// <param name="FirstTransition">Index of its first transition.</param>
/// <param name="TransitionCount">Number of transitions.</param>
/// <param name="FirstEpsilon">Index of its first epsilon.</param>
/// <param name="EpsilonCount">Number of epsilons.</param>
/// <param name="Call">The first state of the rule that it calls; -1 if it calls none.</param>
/// <param name="Return">The state after the call, or <see cref="Automaton.TailCall"/>.</param>
/// <param name="IsFinal">Whether its rule may end here.</param>
internal readonly record struct AutomatonState(int FirstTransition, int TransitionCount, int FirstEpsilon, int EpsilonCount, int Call, int Return, bool IsFinal);

/// <summary>A transition over the bytes from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct ByteTransition(byte First, byte Last, int Target);
