using System.Collections.Immutable;
using System.Text;

namespace Spud.Text.Grammars;

/// <summary>
/// Compiles rules. A node is built from its end: given the state that follows it, the state in which it begins. Small rules that do not
/// contain themselves are copied to where they are used: what may follow them is then known without the stack.
/// </summary>
internal sealed partial class AutomatonBuilder
{
    private readonly IReadOnlyList<GrammarRule> _rules;
    private readonly List<BuiltState> _states = [];
    private readonly List<int> _likeness = []; // by state: one that reads the same texts of up to Automaton.Sight bytes; or itself
    private readonly int[] _starts;
    private readonly int[] _weights;
    private readonly Queue<(int Start, GrammarNode Body)> _unbuilt = new();
    private int _depth;

    private AutomatonBuilder(IReadOnlyList<GrammarRule> rules)
    {
        _rules = rules;
        _starts = new int[rules.Count];
        _weights = new int[rules.Count]; // 0: unknown, -1: being computed
        Array.Fill(_starts, -1);
    }

    /// <summary>Compiles the rules that a rule needs.</summary>
    /// <exception cref="GrammarException">There are too many states.</exception>
    public static Automaton Build(IReadOnlyList<GrammarRule> rules, int root) => new AutomatonBuilder(rules).Build(root);

    private Automaton Build(int root)
    {
        int start = StartOf(root);
        while (_unbuilt.TryDequeue(out (int Start, GrammarNode Body) rule))
            _states[rule.Start].Epsilons.Add(BuildNode(rule.Body, New(new() { IsFinal = true })));

        return Flatten(start);
    }

    private int StartOf(int rule)
    {
        if (_starts[rule] < 0)
        {
            _starts[rule] = New(new());
            _unbuilt.Enqueue((_starts[rule], _rules[rule].Body));
        }

        return _starts[rule];
    }

    private int New(BuiltState state)
    {
        if (_states.Count == GrammarLimits.States)
            throw new GrammarException($"the grammar needs more than {GrammarLimits.States} states. Use smaller counts of repetition, fewer alternatives or shorter texts");

        _states.Add(state);
        _likeness.Add(_states.Count - 1);
        return _states.Count - 1;
    }

    private int BuildNode(GrammarNode node, int next)
    {
        switch (node)
        {
            case LiteralNode literal:
                byte[] bytes = Encoding.UTF8.GetBytes(literal.Text);
                for (int i = bytes.Length - 1; i >= 0; i--)
                    next = New(new() { Transitions = { new(bytes[i], bytes[i], next) } });
                return next;

            case CharactersNode characters:
                return BuildCharacters(characters.Ranges, next);

            case SequenceNode sequence:
                for (int i = sequence.Items.Length - 1; i >= 0; i--)
                    next = BuildNode(sequence.Items[i], next);
                return next;

            case ChoiceNode choice:
                BuiltState branches = new();
                int start = New(branches);
                foreach (GrammarNode item in choice.Items)
                    branches.Epsilons.Add(BuildNode(item, next));
                return start;

            case RepetitionNode repetition:
                return BuildRepetition(repetition, next);

            default:
                return BuildReference(((ReferenceNode)node).Rule, next);
        }
    }

    private int BuildCharacters(ImmutableArray<CharacterRange> ranges, int next)
    {
        BuiltState first = new();
        int start = New(first);
        Dictionary<(byte, byte, int), int> shared = [];
        foreach ((byte First, byte Last)[] sequence in ranges.SelectMany(Utf8Ranges.Of))
        {
            int target = next;
            for (int i = sequence.Length - 1; i > 0; i--)
            {
                (byte low, byte high) = sequence[i];
                if (!shared.TryGetValue((low, high, target), out int state))
                {
                    state = New(new() { Transitions = { new(low, high, target) } });
                    shared.Add((low, high, target), state);
                }

                target = state;
            }

            first.Transitions.Add(new(sequence[0].First, sequence[0].Last, target));
        }

        return start;
    }

    private int BuildReference(int rule, int next)
    {
        if (WeightOf(rule) > SmallRule || _depth > GrammarLimits.Depth)
            return New(new() { Call = StartOf(rule), Return = next });

        _depth++;
        int start = BuildNode(_rules[rule].Body, next);
        _depth--;
        return start;
    }

    private Automaton Flatten(int start)
    {
        AutomatonState[] states = new AutomatonState[_states.Count];
        List<ByteTransition> transitions = [];
        List<int> epsilons = [];
        for (int i = 0; i < states.Length; i++)
        {
            BuiltState state = _states[i];
            int firstTransition = transitions.Count, firstEpsilon = epsilons.Count;
            foreach (ByteTransition transition in state.Transitions)
                transitions.Add(transition with { Target = Resolve(transition.Target) });
            foreach (int target in state.Epsilons)
                epsilons.Add(Resolve(target));

            int returns = Resolve(state.Return);
            bool isTail = state.Call >= 0 && _states[returns] is { IsFinal: true, Epsilons.Count: 0 };
            states[i] = new(firstTransition, state.Transitions.Count, firstEpsilon, state.Epsilons.Count, state.Call < 0 ? -1 : Resolve(state.Call), isTail ? Automaton.TailCall : returns, state.IsFinal);
        }

        return new(states, [.. transitions], [.. epsilons], [.. _likeness], Resolve(start));
    }

    /// <summary>The first state that does something, from a state on.</summary>
    private int Resolve(int state)
    {
        // A loop of states that do nothing is possible: an empty text, any number of times.
        for (int steps = 0; steps < 64 && _states[state] is { IsFinal: false, Call: < 0, Transitions.Count: 0, Epsilons: [var only] }; steps++)
            state = only;
        return state;
    }

    private sealed class BuiltState
    {
        public List<ByteTransition> Transitions { get; } = [];

        public List<int> Epsilons { get; } = [];

        public int Call { get; init; } = -1;

        public int Return { get; init; }

        public bool IsFinal { get; init; }
    }
}
