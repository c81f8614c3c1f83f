using System.Collections.Immutable;
using System.Text;

namespace Spud.Text.Grammars;

/// <summary>
/// Compiles rules. A node is built from its end: given the state that follows it, the state in which it begins. Small rules that do not
/// contain themselves are copied to where they are used: what may follow them is then known without the stack.
/// </summary>
internal sealed class AutomatonBuilder
{
    /// <summary>Rules of at most this many states are copied.</summary>
    private const int SmallRule = 40;

    /// <summary>Repetitions are counted in chunks of this size, so that the masks of their states are few.</summary>
    private const int Chunk = 64;

    /// <summary>From this many states on, what is repeated without limit is worth a rule of its own.</summary>
    private const int WideItem = 6;

    private readonly IReadOnlyList<GrammarRule> _rules;
    private readonly List<BuiltState> _states = [];
    private readonly List<int> _likeness = []; // by state: one that reads the same texts of up to Automaton.Sight bytes; or itself
    private readonly int[] _starts;
    private readonly int[] _weights;
    private readonly Queue<(int Start, GrammarNode Body)> _unbuilt = new();
    private readonly Dictionary<(GrammarNode Item, int Min), int> _chunks = new(ReferenceComparer.Instance);
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

    /// <summary>
    /// Copies of a node in a row, each of which takes at least a byte: no text of up to <see cref="Automaton.Sight"/> bytes tells the first
    /// ones from each other.
    /// </summary>
    private sealed class Copies(AutomatonBuilder builder, GrammarNode item)
    {
        private readonly bool _areEqual = TakesBytes(item);
        private int _count, _model, _modelLength;

        /// <summary>Builds another copy before the others.</summary>
        public int Add(int next)
        {
            int first = builder._states.Count;
            int start = builder.BuildNode(item, next);
            int length = builder._states.Count - first;
            if (++_count == Automaton.Sight + 1)
                (_model, _modelLength) = (first, length);

            // The first use of a rule makes a state for it as well: such a copy is not like the others.
            for (int i = 0; i < length && _count > Automaton.Sight && _areEqual && length == _modelLength; i++)
                builder._likeness[first + i] = _model + i;
            return start;
        }

        private static bool TakesBytes(GrammarNode node) => node switch
        {
            CharactersNode => true,
            LiteralNode literal => literal.Text.Length > 0,
            SequenceNode sequence => sequence.Items.Any(TakesBytes),
            ChoiceNode choice => choice.Items.All(TakesBytes),
            RepetitionNode repetition => repetition.Min > 0 && TakesBytes(repetition.Item),
            _ => false,
        };
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

    private int BuildRepetition(RepetitionNode repetition, int next)
    {
        GrammarNode item = repetition.Item;
        bool isLong = Math.Max(repetition.Min, repetition.Max ?? 0) > 2 * Chunk;
        if (repetition.Max is { } max)
        {
            next = isLong ? BuildLongOption(item, max - repetition.Min, next) : BuildOption(item, max - repetition.Min, next);
        }
        else
        {
            BuiltState loop = new() { Epsilons = { next } };
            int state = New(loop);
            loop.Epsilons.Add(BuildNode(item, state));
            next = state;
        }

        int left = repetition.Min;
        for (; isLong && left >= Chunk; left -= Chunk)
            next = New(new() { Call = StartOfChunk(item, Chunk, Chunk), Return = next });
        Copies copies = new(this, item);
        for (; left > 0; left--)
            next = copies.Add(next);
        return next;
    }

    /// <summary>A node up to some number of times.</summary>
    private int BuildOption(GrammarNode item, int count, int next)
    {
        int end = next;
        Copies copies = new(this, item);
        for (int i = 0; i < count; i++)
            next = New(new() { Epsilons = { end, copies.Add(next) } });

        return next;
    }

    /// <summary>The same for a large number: less than a chunk and the end, or a whole chunk and then the same for fewer.</summary>
    private int BuildLongOption(GrammarNode item, int count, int next)
    {
        int end = next;
        next = BuildOption(item, count % Chunk, next);
        for (int i = 0; i < count / Chunk; i++)
        {
            int last = New(new() { Call = StartOfChunk(item, 0, Chunk - 1), Return = end });
            int whole = New(new() { Call = StartOfChunk(item, Chunk, Chunk), Return = next });
            next = New(new() { Epsilons = { last, whole } });
        }

        return next;
    }

    private int StartOfChunk(GrammarNode item, int min, int max)
    {
        if (!_chunks.TryGetValue((item, min), out int start))
        {
            start = New(new());
            _chunks.Add((item, min), start);
            _unbuilt.Enqueue((start, item.Repeat(min, max)));
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

    /// <summary>About how many states a rule needs; more than those of a small rule if it contains itself.</summary>
    private int WeightOf(int rule)
    {
        if (_weights[rule] == 0)
        {
            _weights[rule] = -1;
            int weight = _depth < GrammarLimits.Depth ? WeightOf(_rules[rule].Body) : SmallRule + 1;
            _weights[rule] = Math.Clamp(weight, 1, SmallRule + 1);
        }

        return _weights[rule] < 0 ? SmallRule + 1 : _weights[rule];
    }

    private int WeightOf(GrammarNode node)
    {
        const int Many = SmallRule + 1;
        switch (node)
        {
            case LiteralNode literal:
                return Math.Min(Many, literal.Text.Length);
            case CharactersNode characters:
                return characters.Ranges[^1].Last < 0x80 ? 1 : WideItem;
            case SequenceNode sequence:
                return Sum(sequence.Items);
            case ChoiceNode choice:
                return 1 + Sum(choice.Items);
            case RepetitionNode repetition:
                int item = WeightOf(repetition.Item);
                return repetition.Max is null && item >= WideItem ? Many : (int)Math.Min(Many, (item + 1L) * Math.Max(1, repetition.Max ?? repetition.Min + 1));
            default:
                _depth++;
                int weight = WeightOf(((ReferenceNode)node).Rule);
                _depth--;
                return weight;
        }

        int Sum(ImmutableArray<GrammarNode> items)
        {
            int sum = 0;
            for (int i = 0; i < items.Length && sum < Many; i++)
                sum += WeightOf(items[i]);
            return Math.Min(Many, sum);
        }
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

    private sealed class ReferenceComparer : IEqualityComparer<(GrammarNode Item, int Min)>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals((GrammarNode Item, int Min) x, (GrammarNode Item, int Min) y) => ReferenceEquals(x.Item, y.Item) && x.Min == y.Min;

        public int GetHashCode((GrammarNode Item, int Min) obj) => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Item), obj.Min);
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
