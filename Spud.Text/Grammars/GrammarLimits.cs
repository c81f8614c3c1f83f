namespace Spud.Text.Grammars;

/// <summary>Limits of grammars and schemas, which may come from anybody.</summary>
internal static class GrammarLimits
{
    /// <summary>Length of a grammar's text, in characters.</summary>
    public const int SourceCharacters = 1 << 20;

    /// <summary>Levels of parentheses, or of nested schemas.</summary>
    public const int Depth = 100;

    /// <summary>Number of rules.</summary>
    public const int Rules = 50_000;

    /// <summary>Maximum count of a repetition.</summary>
    public const int Repetitions = 1_000_000;

    /// <summary>States of the automaton.</summary>
    public const int States = 300_000;

    /// <summary>Values of an enumeration and properties of an object.</summary>
    public const int Members = 10_000;

    /// <summary>Stacks, and sets of stacks, of one text: more than a text reaches unless its grammar is extremely ambiguous.</summary>
    public const int Stacks = 4_000_000;
}
