using System.Collections.Immutable;

namespace Spud.Text.Grammars;

/// <summary>Text without restrictions up to a marker, as rules: one for each number of the marker's characters that were just written (Knuth, Morris and Pratt).</summary>
internal static class FreeText
{
    /// <summary>Any text up to the first occurrence of a marker, and then something else.</summary>
    /// <param name="rules">The grammar's rules.</param>
    /// <param name="marker">The marker, in characters of one UTF-16 unit.</param>
    /// <param name="mayEnd">Whether the text may also end without the marker.</param>
    /// <param name="after">What follows the marker; given the rule in which free text begins.</param>
    public static GrammarNode Until(GrammarRules rules, string marker, bool mayEnd, Func<GrammarNode, GrammarNode> after) => Of(rules, marker, mayEnd, after);

    /// <summary>Any text in which a marker does not occur.</summary>
    /// <param name="rules">The grammar's rules.</param>
    /// <param name="marker">The marker, in characters of one UTF-16 unit.</param>
    public static GrammarNode Without(GrammarRules rules, string marker) => Of(rules, marker, mayEnd: true, after: null);

    private static GrammarNode Of(GrammarRules rules, string marker, bool mayEnd, Func<GrammarNode, GrammarNode>? after)
    {
        int[] states = [.. marker.Select((_, i) => rules.Reserve($"text before {marker}, {i}"))];
        GrammarNode start = new ReferenceNode(states[0]);
        GrammarNode? then = after is null ? null : rules.Add($"after {marker}", after(start));
        char[] distinct = [.. marker.Distinct()];
        ImmutableArray<CharacterRange> others = CharacterRange.Complement(CharacterRange.Union(distinct.Select(static c => new CharacterRange(c, c))));
        for (int state = 0; state < states.Length; state++)
        {
            List<GrammarNode> branches = [GrammarNode.Sequence(GrammarNode.Characters(others), start)];
            foreach (char c in distinct)
            {
                int next = Matched(marker, marker[..state] + c);
                if ((next < marker.Length ? new ReferenceNode(states[next]) : then) is { } following)
                    branches.Add(GrammarNode.Sequence(GrammarNode.Literal(c.ToString()), following));
            }

            if (mayEnd)
                branches.Add(GrammarNode.Empty);
            rules.Define(states[state], GrammarNode.Choice([.. branches]));
        }

        return start;
    }

    /// <summary>Length of the longest end of a text with which the marker begins.</summary>
    private static int Matched(string marker, string text)
    {
        int length = Math.Min(marker.Length, text.Length);
        while (!text.EndsWith(marker[..length], StringComparison.Ordinal))
            length--;
        return length;
    }
}
