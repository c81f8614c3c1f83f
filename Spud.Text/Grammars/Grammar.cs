using System.Text;
using System.Text.Json;
using Spud.Text.Grammars.Schemas;

namespace Spud.Text.Grammars;

/// <summary>The texts that a model may write: a context-free grammar, compiled to a pushdown automaton over bytes. Immutable.</summary>
public sealed class Grammar
{
    private static readonly Lazy<Grammar> s_jsonObject = new(static () => JsonSchemaCompiler.Compile(JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["type"] = "object" })));

    internal Grammar(IReadOnlyList<GrammarRule> rules, int root)
    {
        (Rules, Root) = (rules, root);
        Automaton = AutomatonBuilder.Build(GrammarCheck.Require(rules, root), root);
    }

    /// <summary>Any JSON object.</summary>
    public static Grammar JsonObject => s_jsonObject.Value;

    internal IReadOnlyList<GrammarRule> Rules { get; }

    /// <summary>The rule in which texts begin.</summary>
    internal int Root { get; }

    internal Automaton Automaton { get; }

    /// <summary>Parses a grammar in llama.cpp's notation (GBNF); it matches what its rule <c>root</c> matches.</summary>
    /// <exception cref="GrammarException">The text is not a grammar, or one that cannot be used; the message has line and column.</exception>
    public static Grammar Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new GbnfParser(text).Parse();
    }

    /// <summary>Compiles a JSON schema: the grammar matches JSON texts that the schema accepts, with properties in the schema's order.</summary>
    /// <exception cref="JsonSchemaException">The schema has keywords that cannot be honoured.</exception>
    /// <exception cref="GrammarException">The schema is too large.</exception>
    public static Grammar FromJsonSchema(JsonElement schema) => JsonSchemaCompiler.Compile(schema);

    /// <summary>Compiles a JSON schema.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <inheritdoc cref="FromJsonSchema(JsonElement)"/>
    public static Grammar FromJsonSchema(string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 2 * GrammarLimits.Depth });
        return FromJsonSchema(document.RootElement);
    }

    /// <summary>Whether the grammar matches the whole text.</summary>
    public bool Matches(string text)
    {
        StackSets sets = new(Automaton);
        int set = sets.Start;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            set = sets.Step(set, b);
            if (set == StackSets.Dead)
                return false;
        }

        return sets.MayEnd(set);
    }
}

/// <summary>A rule of a grammar.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Body">What it matches.</param>
/// <param name="Line">The line of its definition; 0 if it was generated.</param>
internal sealed record GrammarRule(string Name, GrammarNode Body, int Line = 0);
