using Spud.Text.Grammars;

namespace Spud.Bench.Grammars;

/// <summary>A grammar and texts that it matches, all different.</summary>
internal sealed record Workload(string Name, Func<Grammar> Grammar, string[] Texts)
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":130},"email":{"type":"string","format":"email"},
         "tags":{"type":"array","items":{"type":"string","maxLength":40},"maxItems":10},"address":{"$ref":"#/$defs/address"}},
         "required":["name","age","tags","address"],"$defs":{"address":{"type":"object","properties":{"street":{"type":"string","maxLength":80},"city":{"type":"string"},
         "country":{"enum":["DE","FR","IT","US"]}},"required":["street","city","country"]}}}
        """;

    private const string Arithmetic = """
        root ::= sum ("=" sum)? "\n"?
        sum ::= product ([-+] product)*
        product ::= value ([*/] value)*
        value ::= [0-9]+ ("." [0-9]+)? | name | "(" sum ")"
        name ::= [a-z] [a-z0-9_]*
        """;

    /// <summary>What is measured.</summary>
    public static Workload[] All { get; } =
    [
        new("object of a schema", static () => Spud.Text.Grammars.Grammar.FromJsonSchema(Person), [.. Names.Select((name, i) =>
            $$"""{"name": "{{name}}", "age": {{20 + (7 * i)}}, "email": "{{name.Split(' ')[0].ToLowerInvariant()}}@example.org", "tags": ["{{name.ToUpperInvariant()}}", "number {{i}}"], "address": {"street": "{{i}} Long Road", "city": "Old {{name}}", "country": "IT"} }""")]),
        new("any JSON object", static () => Spud.Text.Grammars.Grammar.JsonObject, [.. Names.Select((name, i) =>
            $$"""{"person": {"name": "{{name}}", "values": [{{i}}, {{i}}.5, -1e3, true, null, {"a": ["{{name}}", {}]}]}, "text": "It was a bright day, and {{name}} said: \"Hello {{i}}\".", "list": [[1, 2], [3, 4]]}""")]),
        new("GBNF, arithmetic", static () => Spud.Text.Grammars.Grammar.Parse(Arithmetic), [.. Names.Select((name, i) =>
            $"({name.Split(' ')[0].ToLowerInvariant()}+{i}.25)*(3-x_{i}/(17+{i}*{name.Split(' ')[1].ToLowerInvariant()}))-4=y*(2+{i})")]),
    ];

    private static string[] Names => ["Ada Lovelace", "Alan Turing", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth", "Frances Allen", "John Backus", "Margaret Hamilton", "Tony Hoare", "Radia Perlman"];
}
