namespace Spud.Text.Grammars;

/// <summary>Refuses grammars that the automaton cannot run: left recursion, and rules that match no text that ends.</summary>
internal static class GrammarCheck
{
    /// <summary>Returns the rules if they can be used.</summary>
    /// <exception cref="GrammarException">They cannot.</exception>
    public static IReadOnlyList<GrammarRule> Require(IReadOnlyList<GrammarRule> rules, int root)
    {
        bool[] nullable = FixedPoint(rules, IsNullable);
        bool[] ends = FixedPoint(rules, Ends);
        bool[] reachable = ReachableFrom(rules, root);
        for (int rule = 0; rule < rules.Count; rule++)
        {
            if (reachable[rule] && !ends[rule])
                throw Fail(rules[rule], $"rule '{rules[rule].Name}' never ends: each of its alternatives contains the rule itself. Add one that does not");
        }

        RequireNoLeftRecursion(rules, nullable);
        return rules;
    }

    private static GrammarException Fail(GrammarRule rule, string problem) => rule.Line > 0 ? GrammarException.At(rule.Line, 1, problem) : new(problem);

    private static bool[] FixedPoint(IReadOnlyList<GrammarRule> rules, Func<GrammarNode, bool[], bool> holds)
    {
        bool[] known = new bool[rules.Count];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int rule = 0; rule < known.Length; rule++)
            {
                if (!known[rule] && holds(rules[rule].Body, known))
                    known[rule] = changed = true;
            }
        }

        return known;
    }

    private static bool IsNullable(GrammarNode node, bool[] known) => node switch
    {
        LiteralNode literal => literal.Text.Length == 0,
        SequenceNode sequence => sequence.Items.All(item => IsNullable(item, known)),
        ChoiceNode choice => choice.Items.Any(item => IsNullable(item, known)),
        RepetitionNode repetition => repetition.Min == 0 || IsNullable(repetition.Item, known),
        ReferenceNode reference => known[reference.Rule],
        _ => false,
    };

    private static bool Ends(GrammarNode node, bool[] known) => node switch
    {
        SequenceNode sequence => sequence.Items.All(item => Ends(item, known)),
        ChoiceNode choice => choice.Items.Any(item => Ends(item, known)),
        RepetitionNode repetition => repetition.Min == 0 || Ends(repetition.Item, known),
        ReferenceNode reference => known[reference.Rule],
        _ => true,
    };

    private static bool[] ReachableFrom(IReadOnlyList<GrammarRule> rules, int root)
    {
        bool[] reached = new bool[rules.Count];
        Stack<int> open = new([root]);
        while (open.TryPop(out int rule))
        {
            if (reached[rule])
                continue;

            reached[rule] = true;
            foreach (int other in References(rules[rule].Body))
                open.Push(other);
        }

        return reached;
    }

    /// <summary>The rules that a node names.</summary>
    public static IEnumerable<int> References(GrammarNode node) => node switch
    {
        SequenceNode sequence => sequence.Items.SelectMany(References),
        ChoiceNode choice => choice.Items.SelectMany(References),
        RepetitionNode repetition => References(repetition.Item),
        ReferenceNode reference => [reference.Rule],
        _ => [],
    };

    /// <summary>The rules with which a node may begin.</summary>
    private static IEnumerable<int> Beginnings(GrammarNode node, bool[] nullable)
    {
        switch (node)
        {
            case SequenceNode sequence:
                foreach (GrammarNode item in sequence.Items)
                {
                    foreach (int rule in Beginnings(item, nullable))
                        yield return rule;
                    if (!IsNullable(item, nullable))
                        yield break;
                }

                break;
            case ChoiceNode choice:
                foreach (int rule in choice.Items.SelectMany(item => Beginnings(item, nullable)))
                    yield return rule;
                break;
            case RepetitionNode repetition:
                foreach (int rule in Beginnings(repetition.Item, nullable))
                    yield return rule;
                break;
            case ReferenceNode reference:
                yield return reference.Rule;
                break;
        }
    }

    private static void RequireNoLeftRecursion(IReadOnlyList<GrammarRule> rules, bool[] nullable)
    {
        // Depth first, without recursion of our own: a chain of rules may be long.
        byte[] visits = new byte[rules.Count]; // 1: on the path, 2: done
        Stack<(int Rule, IEnumerator<int> Next)> path = new();
        for (int start = 0; start < rules.Count; start++)
        {
            if (visits[start] == 0)
                Enter(start);

            while (path.TryPeek(out (int Rule, IEnumerator<int> Next) top))
            {
                if (!top.Next.MoveNext())
                    visits[path.Pop().Rule] = 2;
                else if (visits[top.Next.Current] == 1)
                    throw Fail(rules[top.Next.Current], $"rule '{rules[top.Next.Current].Name}' is left-recursive: it begins with itself. Write x ::= y (\"+\" y)* instead of x ::= x \"+\" y | y");
                else if (visits[top.Next.Current] == 0)
                    Enter(top.Next.Current);
            }
        }

        void Enter(int rule)
        {
            visits[rule] = 1;
            path.Push((rule, Beginnings(rules[rule].Body, nullable).Distinct().GetEnumerator()));
        }
    }
}
