using Spud.Text.Grammars;

namespace Spud.Tests.Grammars;

/// <summary>The slow oracle: which positions of a text a node may end at, by the definition of its parts, over characters.</summary>
internal sealed class Recognizer(IReadOnlyList<GrammarRule> rules, string text)
{
    private readonly Dictionary<(GrammarNode Node, int At), HashSet<int>> _known = [];

    /// <summary>Whether the text is matched as a whole.</summary>
    public bool Matches(int root) => Ends(rules[root].Body, 0).Contains(text.Length);

    /// <summary>Where a node that begins at a position may end.</summary>
    private HashSet<int> Ends(GrammarNode node, int at)
    {
        if (_known.TryGetValue((node, at), out HashSet<int>? known))
            return known;

        HashSet<int> ends = [];
        switch (node)
        {
            case LiteralNode literal:
                if (string.CompareOrdinal(text, at, literal.Text, 0, literal.Text.Length) == 0 && at + literal.Text.Length <= text.Length)
                    ends.Add(at + literal.Text.Length);
                break;
            case CharactersNode characters:
                if (at < text.Length && System.Text.Rune.TryGetRuneAt(text, at, out System.Text.Rune rune) && characters.Ranges.Any(range => range.First <= rune.Value && rune.Value <= range.Last))
                    ends.Add(at + rune.Utf16SequenceLength);
                break;
            case SequenceNode sequence:
                ends.Add(at);
                foreach (GrammarNode item in sequence.Items)
                    ends = [.. ends.SelectMany(end => Ends(item, end))];
                break;
            case ChoiceNode choice:
                ends.UnionWith(choice.Items.SelectMany(item => Ends(item, at)));
                break;
            case RepetitionNode repetition:
                HashSet<int> reached = [at];
                for (int count = 0; reached.Count > 0 && count <= (repetition.Max ?? text.Length + repetition.Min); count++)
                {
                    if (count >= repetition.Min)
                        ends.UnionWith(reached);
                    reached = [.. reached.SelectMany(end => Ends(repetition.Item, end))];
                }

                break;
            case ReferenceNode reference:
                ends = Ends(rules[reference.Rule].Body, at);
                break;
        }

        return _known[(node, at)] = ends;
    }
}
