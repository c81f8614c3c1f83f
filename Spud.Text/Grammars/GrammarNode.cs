using System.Collections.Immutable;

namespace Spud.Text.Grammars;

/// <summary>A part of a rule.</summary>
internal abstract record GrammarNode
{
    /// <summary>Matches the empty text.</summary>
    public static GrammarNode Empty { get; } = new SequenceNode([]);

    /// <summary>Nodes one after the other.</summary>
    public static GrammarNode Sequence(params ImmutableArray<GrammarNode> items) => items is [var only] ? only : new SequenceNode(items);

    /// <summary>One of several nodes.</summary>
    public static GrammarNode Choice(params ImmutableArray<GrammarNode> items) => items is [var only] ? only : new ChoiceNode(items);

    /// <summary>A text.</summary>
    public static GrammarNode Literal(string text) => new LiteralNode(text);

    /// <summary>One character of some ranges.</summary>
    public static GrammarNode Characters(params ImmutableArray<CharacterRange> ranges) => new CharactersNode(ranges);

    /// <summary>The same node, or nothing.</summary>
    public GrammarNode Optional() => Repeat(0, 1);

    /// <summary>The same node several times.</summary>
    public GrammarNode Repeat(int min, int? max) => (min, max) is (1, 1) ? this : new RepetitionNode(this, min, max);
}

/// <summary>A text.</summary>
internal sealed record LiteralNode(string Text) : GrammarNode;

/// <summary>One character.</summary>
/// <param name="Ranges">Ascending, with gaps between; not empty.</param>
internal sealed record CharactersNode(ImmutableArray<CharacterRange> Ranges) : GrammarNode;

/// <summary>Nodes one after the other.</summary>
internal sealed record SequenceNode(ImmutableArray<GrammarNode> Items) : GrammarNode;

/// <summary>One of several nodes.</summary>
internal sealed record ChoiceNode(ImmutableArray<GrammarNode> Items) : GrammarNode;

/// <summary>A node several times; <paramref name="Max"/> is null for any number of times.</summary>
internal sealed record RepetitionNode(GrammarNode Item, int Min, int? Max) : GrammarNode;

/// <summary>What a rule matches.</summary>
internal sealed record ReferenceNode(int Rule) : GrammarNode;
