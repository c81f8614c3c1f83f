using System.Runtime.CompilerServices;

namespace Spud.Text.Grammars;

/// <summary>Repetitions. Long ones are counted in chunks, and states that no token can tell apart are noted.</summary>
internal sealed partial class AutomatonBuilder
{
    /// <summary>Repetitions are counted in chunks of this size, so that the masks of their states are few.</summary>
    private const int Chunk = 64;

    private readonly Dictionary<(GrammarNode Item, int Min), int> _chunks = new(ReferenceComparer.Instance);

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

    private sealed class ReferenceComparer : IEqualityComparer<(GrammarNode Item, int Min)>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals((GrammarNode Item, int Min) x, (GrammarNode Item, int Min) y) => ReferenceEquals(x.Item, y.Item) && x.Min == y.Min;

        public int GetHashCode((GrammarNode Item, int Min) obj) => HashCode.Combine(RuntimeHelpers.GetHashCode(obj.Item), obj.Min);
    }
}
