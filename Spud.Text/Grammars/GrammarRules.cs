namespace Spud.Text.Grammars;

/// <summary>Rules of a grammar that is generated.</summary>
internal sealed class GrammarRules
{
    private readonly List<string> _names = [];
    private readonly List<GrammarNode?> _bodies = [];

    /// <summary>Begins without rules.</summary>
    public GrammarRules()
    {
    }

    /// <summary>Begins with rules that keep their numbers.</summary>
    public GrammarRules(IReadOnlyList<GrammarRule> rules)
    {
        foreach (GrammarRule rule in rules)
            Add(rule.Name, rule.Body);
    }

    /// <summary>Adds a rule whose body is given later.</summary>
    public int Reserve(string name)
    {
        if (_names.Count == GrammarLimits.Rules)
            throw new GrammarException($"the grammar needs more than {GrammarLimits.Rules} rules");

        _names.Add(name);
        _bodies.Add(null);
        return _names.Count - 1;
    }

    /// <summary>Gives a rule its body.</summary>
    public void Define(int rule, GrammarNode body) => _bodies[rule] = body;

    /// <summary>Adds a rule and returns a reference to it.</summary>
    public GrammarNode Add(string name, GrammarNode body)
    {
        int rule = Reserve(name);
        Define(rule, body);
        return new ReferenceNode(rule);
    }

    /// <summary>The grammar that matches what a node matches.</summary>
    public Grammar ToGrammar(GrammarNode root)
    {
        int rule = root is ReferenceNode reference ? reference.Rule : Reserve("root");
        if (root is not ReferenceNode)
            Define(rule, root);
        return new([.. _names.Zip(_bodies, static (name, body) => new GrammarRule(name, body!))], rule);
    }
}
