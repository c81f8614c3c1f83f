using System.Collections.Immutable;

namespace Spud.Text.Grammars;

/// <summary>Sizes of rules, which decide whether a rule is copied to where it is used.</summary>
internal sealed partial class AutomatonBuilder
{
    /// <summary>Rules of at most this many states are copied.</summary>
    private const int SmallRule = 40;

    /// <summary>From this many states on, what is repeated without limit is worth a rule of its own.</summary>
    private const int WideItem = 6;

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
}
