using System.Text;
using System.Text.Json;
using Spud.Text.Grammars;
using Spud.Text.Grammars.Schemas;
using Xunit;

namespace Spud.Tests.Grammars;

/// <summary>JSON schemas as grammars: what they match is valid, and what cannot be honoured is refused.</summary>
public sealed class JsonSchemaTests
{
    /// <summary>Schemas with values that are matched and values that are not, separated by '¦'; '⏎' is a line break.</summary>
    public static TheoryData<string, string, string> Schemas => new()
    {
        { """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false}""", """{"a":"x","b":1}¦{"a": "", "b": -10}¦{⏎  "a": "\u00e9\n\"",⏎  "b": 0⏎}""", """{}¦{"a":"x"}¦{"b":1,"a":"x"}¦{"a":"x","b":1.5}¦{"a":"x","b":1,"c":2}¦{"a":"x","b":01}¦{"a":"\ud800","b":1}""" },
        { """{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"boolean"},"c":{"type":"null"}},"required":["b"]}""", """{"b":true}¦{"a":null,"b":false}¦{"b":true,"c":null}¦{"a":null,"b":true,"c":null}""", """{}¦{"a":null}¦{"a":null,"c":null}""" },
        { """{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3}}}""", """{}¦{"a":1}¦{"b":2}¦{"c":3}¦{"a":1,"c":3}¦{"a":1,"b":2,"c":3}""", """{"c":3,"a":1}¦{"a":2}""" },
        { """{"type":"object"}""", """{}¦{"x":[1,{"y":null}],"z":"w"}""", "[]¦1" },
        { """{"type":"object","additionalProperties":{"type":"integer"}}""", """{}¦{"x":1,"y":2}""", """{"x":"1"}""" },
        { """{"type":"object","properties":{"kind":{"const":"k"},"kin":{"const":1}},"required":["kind"],"additionalProperties":{"type":"integer"}}""",
          """{"kind":"k"}¦{"kind":"k","x":1}¦{"kind":"k","ki":1,"kinds":2,"":3}¦{"kind":"k","kin":1,"z":1}""", """{"kind":"k","kind":1}¦{"kind":"k","kin":2}¦{"kind":"k","\u006bind":1}¦{"x":1,"kind":"k"}""" },
        { """{"type":"object","required":["x"]}""", """{"x":[]}¦{"x":1,"y":2}""", "{}" },
        { """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3}""", "[1]¦[1,2,3]¦[ 1, 2 ]", "[]¦[1,2,3,4]¦[\"1\"]" },
        { """{"type":"array","items":{"type":"integer"}}""", "[]¦[1,2,3,4,5]", "[1,]" },
        { """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false,"minItems":1}""", """["a"]¦["a",1]""", """[]¦[1]¦["a",1,2]""" },
        { """{"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"null"},"minItems":2,"maxItems":3}""", """["a",null]¦["a",null,null]""", """["a"]¦["a",1]¦["a",null,null,null]""" },
        { """{"type":"array","items":false}""", "[]", "[1]" },
        { """{"type":"array","maxItems":0}""", "[]", "[1]" },
        { """{"enum":["a",1,null,{"x":[true]}]}""", "\"a\"¦1¦null¦{\"x\":[true]}", "\"b\"¦2" },
        { """{"enum":["a",1,22],"type":"integer","maximum":10}""", "1", "\"a\"¦22" },
        { """{"const":"a\"b"}""", "\"a\\\"b\"", "\"a\"" },
        { """{"type":["string","null"]}""", "\"x\"¦null", "1" },
        { """{"type":"string","nullable":true}""", "\"x\"¦null", "1" },
        { """{"type":"string","minLength":2,"maxLength":3}""", "\"ab\"¦\"é😀c\"¦\"\\n\\u0041\"", "\"a\"¦\"abcd\"¦\"\"" },
        { """{"type":"string","pattern":"^[A-Z]{2}-\\d+$"}""", "\"AB-1\"¦\"ZZ-123\"", "\"A-1\"¦\"AB-\"¦\"xAB-1\"" },
        { """{"type":"string","pattern":"ab|^c"}""", "\"ab\"¦\"xabx\"¦\"c\"¦\"cx\"", "\"a\"¦\"xc\"" },
        { """{"type":"string","pattern":"^(?:\"|\\\\|\\n|[^a])$"}""", "\"\\\"\"¦\"\\\\\"¦\"\\n\"¦\"b\"¦\"é\"", "\"a\"¦\"\"¦\"bb\"" },
        { """{"type":"string","pattern":"^(?<year>\\w{4})\\s?[\\u{1F600}-\\u{1F64F}]*?\\.$"}""", "\"2024 😀.\"¦\"abcd.\"", "\"abc.\"" },
        { """{"type":"string","format":"date"}""", "\"2024-12-31\"¦\"1999-02-28\"", "\"2024-13-01\"¦\"2024-04-31\"¦\"2023-02-29\"" },
        { """{"type":"string","format":"date-time"}""", "\"2024-12-31T23:59:59Z\"¦\"2024-12-31T00:00:00.5+02:00\"", "\"2024-12-31\"" },
        { """{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", "\"123e4567\"" },
        { """{"type":"string","format":"email"}""", "\"a.b@example.org\"", "\"a@b\"¦\"a b@example.org\"" },
        { """{"type":"string","format":"ipv4"}""", "\"127.0.0.1\"¦\"255.255.255.255\"", "\"256.0.0.1\"" },
        { """{"type":"string","format":"uri"}""", "\"https://example.org/a?b=c#d\"", "\"example\"" },
        { """{"type":"integer","minimum":-5,"maximum":12}""", "-5¦0¦7¦10¦12", "-6¦13¦1.0¦100¦-" },
        { """{"type":"integer","exclusiveMinimum":99}""", "100¦1000¦999", "99¦9¦-1" },
        { """{"type":"integer","maximum":-10}""", "-10¦-11¦-1000", "-9¦0¦1" },
        { """{"type":"number","minimum":0.25,"exclusiveMaximum":12.5}""", "0.25¦0.3¦1¦9.99¦12.4¦12.49999¦12", "0.2¦0¦12.5¦13¦-1¦0.24999" },
        { """{"type":"number","exclusiveMinimum":0,"maximum":1}""", "0.1¦1¦0.0001", "0¦0.0¦1.1¦-0.5" },
        { """{"type":"number","minimum":-1.5,"maximum":-0.5}""", "-1.5¦-1¦-0.5¦-0.75", "-0.4¦-1.6¦0¦1" },
        { """{"type":"number"}""", "0¦-1.25¦1e10¦2.5E-3", "01¦.5¦1.¦+1" },
        { """{"anyOf":[{"type":"string"},{"type":"integer","minimum":5}]}""", "\"x\"¦5", "4¦null" },
        { """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"anyOf":[{"properties":{"b":{"const":1}},"required":["b"]},{"properties":{"c":{"const":2}},"required":["c"]}]}""", """{"a":1,"b":1}¦{"a":1,"c":2}""", """{"a":1}¦{"b":1}""" },
        { """{"oneOf":[{"type":"object","properties":{"k":{"const":"a"},"x":{"type":"integer"}},"required":["k"]},{"type":"object","properties":{"k":{"const":"b"},"y":{"type":"string"}},"required":["k"]}]}""", """{"k":"a","x":1}¦{"k":"b","y":"z"}""", """{"k":"a","y":"z"}¦{"k":"c"}""" },
        { """{"allOf":[{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"required":["a"]},{"properties":{"a":{"maximum":3},"b":{"type":"null"}}}]}""", """{"a":1}¦{"a":3,"b":null}""", """{"a":4}¦{"a":0}""" },
        { """{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}}}""", """{"v":1,"next":{"v":2,"next":null}}""", """{"v":1}¦{"v":1,"next":{}}""" },
        { """{"type":"object","properties":{"t":{"type":"array","items":{"$ref":"#"}}},"additionalProperties":false}""", """{"t":[{},{"t":[]}]}""", """{"t":[1]}""" },
        { """{"type":"object","properties":{"a":{"$ref":"#/$defs/s","description":"d","maxLength":2}},"required":["a"],"$defs":{"s":{"type":"string","minLength":1}}}""", """{"a":"x"}¦{"a":"xy"}""", """{"a":""}¦{"a":"xyz"}""" },
        { """{"type":"object","properties":{"a/b~c \"":{"const":1}},"required":["a/b~c \""]}""", """{"a/b~c \"":1}""", "{}" },
        { "true", """1¦{"a":[null]}""", "x" },
        { "{}", "[1,\"a\"]", "" },
        { """{"title":"T","description":"D","$schema":"https://json-schema.org/draft/2020-12/schema","examples":[1],"x-note":{},"type":"null"}""", "null", "1" },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public void A_schema_matches_valid_values_in_its_order(string schema, string matched, string refused)
    {
        Grammar grammar = Grammar.FromJsonSchema(schema);
        SchemaValidator validator = new(JsonDocument.Parse(schema).RootElement);
        foreach (string text in matched.Replace('⏎', '\n').Split('¦'))
        {
            Assert.True(grammar.Matches(text), text);
            if (!schema.Contains("nullable", StringComparison.Ordinal)) // OpenAPI's word, not the specification's
                Assert.True(validator.IsValid(JsonDocument.Parse(text).RootElement), $"the oracle refuses {text}");
        }

        Assert.All(refused.Split('¦'), text => Assert.False(grammar.Matches(text), text));
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Every_text_of_a_schema_is_valid(string schema, string matched, string refused)
    {
        _ = (matched, refused);
        Grammar grammar = Grammar.FromJsonSchema(schema);
        SchemaValidator validator = new(JsonDocument.Parse(schema).RootElement);
        for (int seed = 0; seed < 150; seed++)
        {
            string text = RandomText.Of(grammar, new Random(seed));
            using JsonDocument document = JsonDocument.Parse(text, new() { MaxDepth = 1000 });
            if (!schema.Contains("nullable", StringComparison.Ordinal))
                Assert.True(validator.IsValid(document.RootElement), $"seed {seed}: {text}");
        }
    }

    [Theory]
    [InlineData("""{"not":{}}""", "/not: negation is not supported")]
    [InlineData("""{"if":{}}""", "/if: conditions are not supported")]
    [InlineData("""{"type":"object","patternProperties":{}}""", "/patternProperties: not supported")]
    [InlineData("""{"type":"object","propertyNames":{}}""", "/propertyNames: not supported")]
    [InlineData("""{"type":"object","dependentRequired":{}}""", "/dependentRequired: a text is written from front to back")]
    [InlineData("""{"type":"array","contains":{}}""", "/contains: not supported")]
    [InlineData("""{"type":"array","uniqueItems":true}""", "/uniqueItems: a text is written from front to back")]
    [InlineData("""{"type":"array","items":[{}]}""", "/items: a list is a keyword of older drafts; use prefixItems")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", "/minItems: expected at most 2")]
    [InlineData("""{"type":"array","items":{"type":"strnig"}}""", "/items/type: expected object, array, string, number, integer, boolean, null or a list of them, got \"strnig\"")]
    [InlineData("""{"type":"object","properties":{"a/b":{"type":"string","format":"color"}}}""", "/properties/a~1b/format: 'color' is not supported. Supported: date, date-time,")]
    [InlineData("""{"type":"string","pattern":"a(?=b)"}""", "/pattern: looking ahead or behind is not supported")]
    [InlineData("""{"type":"string","pattern":"(a"}""", "/pattern: expected ')'")]
    [InlineData("""{"type":"string","pattern":"(.)\\1"}""", "/pattern: the escape \\1 is not supported")]
    [InlineData("""{"type":"string","pattern":"a","maxLength":3}""", "/pattern: together with minLength or maxLength")]
    [InlineData("""{"type":"string","minLength":-1}""", "/minLength: expected a whole number")]
    [InlineData("""{"type":"string","minLength":5,"maxLength":4}""", "/maxLength: expected at least minLength (5), got 4")]
    [InlineData("""{"type":"string","maxLenght":4}""", "/maxLenght: unknown keyword. Did you mean 'maxLength'?")]
    [InlineData("""{"type":"integer","multipleOf":5}""", "/multipleOf: not supported, except 1 for an integer")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "(root): no integer of up to 16 digits lies between the limits")]
    [InlineData("""{"type":"integer","minimum":"5"}""", "/minimum: expected a number")]
    [InlineData("""{"type":"object","minProperties":1}""", "/minProperties: only the 0 required properties are sure")]
    [InlineData("""{"type":"object","required":["a"],"additionalProperties":false}""", "/required: 'a' is not listed in properties")]
    [InlineData("""{"type":"object","required":"a"}""", "/required: expected a list of names")]
    [InlineData("""{"type":"object","properties":[]}""", "/properties: expected an object")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""", "/properties/a: no value is valid here")]
    [InlineData("""{"$ref":"#/$defs/missing"}""", "/$ref: expected a reference within the schema")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "/$ref: expected a reference within the schema")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "/oneOf: a value may be valid for both 0 and 1")]
    [InlineData("""{"anyOf":[]}""", "/anyOf: expected a list of schemas that is not empty")]
    [InlineData("""{"enum":[]}""", "/enum: expected a list of 1 to")]
    [InlineData("""{"enum":[1],"type":"string"}""", "(root): no value of enum or const is valid for the other keywords")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "(root): type: nothing is both string and integer")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{}},"additionalProperties":false},{"properties":{"b":{}}}]}""", "(root): additionalProperties: one schema restricts the property 'b'")]
    [InlineData("[]", "(root): expected a schema (an object or a boolean), got []")]
    [InlineData("false", "(root): no value is valid here")]
    public void What_cannot_be_honoured_is_refused_with_its_place(string schema, string fault)
    {
        JsonSchemaException refused = Assert.Throws<JsonSchemaException>(() => Grammar.FromJsonSchema(schema));
        Assert.StartsWith(fault, refused.Message);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        JsonSchemaException refused = Assert.Throws<JsonSchemaException>(() => Grammar.FromJsonSchema("""{"type":"object","properties":{"a":{"not":{}},"b":{"type":"array","contains":{}}}}"""));
        Assert.Equal(["/properties/a/not", "/properties/b/contains"], refused.Faults.Select(fault => fault.Pointer));
    }

    [Theory]
    [InlineData("""{"type":"array","uniqueItems":true,"items":{"type":"string","maxLenght":3}}""", "/uniqueItems", "/items/maxLenght")]
    [InlineData("""{"type":"object","not":{},"properties":{"a":{"contains":{}}}}""", "/not", "/properties/a/contains")]
    [InlineData("""{"type":"object","required":3,"properties":{"a":{"not":{}}},"unevaluatedProperties":{},"minProperties":7}""", "/required", "/properties/a/not", "/unevaluatedProperties", "/minProperties")]
    [InlineData("""{"type":"object","required":["a","b"],"additionalProperties":{"not":{}}}""", "/additionalProperties/not")]
    [InlineData("""{"type":"array","prefixItems":3,"minItems":-1,"items":{"if":{}}}""", "/prefixItems", "/minItems", "/items/if")]
    [InlineData("""{"type":"string","format":"color","pattern":"(a","minLength":5,"maxLength":3}""", "/format", "/format", "/pattern", "/maxLength", "/pattern")]
    [InlineData("""{"type":["integer","string"],"multipleOf":5,"minimum":"1","format":"color"}""", "/multipleOf", "/minimum", "/format")]
    [InlineData("""{"anyOf":[{"not":{}},{"type":"x"},{"allOf":[{"type":"string"},{"type":"integer"}]}]}""", "/anyOf/0/not", "/anyOf/1/type", "/anyOf/2")]
    [InlineData("""{"type":"object","properties":{"a":{}},"anyOf":[{"type":"string"},{"properties":{"b":{"not":{}}}}]}""", "/anyOf/0", "/anyOf/1/properties/b/not")]
    [InlineData("""{"oneOf":[{"$ref":"#/none"},{"not":{}}]}""", "", "/oneOf/0/$ref", "/oneOf/1/not")]
    [InlineData("""{"type":"object","properties":{"a":{"enum":["x"],"format":"color"},"b":{"not":{}}}}""", "/properties/a/format", "/properties/b/not")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"x":{"not":{}},"y":{"$ref":"#/$defs/b"}}},"b":{"if":{}}}}""", "/$defs/a/properties/x/not", "/$defs/b/if")]
    public void No_fault_hides_another(string schema, params string[] pointers) =>
        Assert.Equal(pointers, Assert.Throws<JsonSchemaException>(() => Grammar.FromJsonSchema(schema)).Faults.Select(static fault => fault.Pointer));

    [Fact]
    public void A_message_of_very_many_faults_is_cut()
    {
        string properties = string.Join(',', Enumerable.Range(0, 60).Select(static i => $"\"p{i}\":{{\"not\":{{}}}}"));
        JsonSchemaException refused = Assert.Throws<JsonSchemaException>(() => Grammar.FromJsonSchema($"{{\"type\":\"object\",\"properties\":{{{properties}}}}}"));
        Assert.Equal(60, refused.Faults.Count);
        Assert.EndsWith("/properties/p49/not: negation is not supported\nand 10 more", refused.Message);
    }

    [Theory]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}""", "never ends")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"required":["a"]}}}""", "never ends")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "refer to themselves")]
    public void A_schema_without_an_end_is_refused(string schema, string message) =>
        Assert.Contains(message, Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(schema)).Message);

    [Fact]
    public void Schemas_that_explode_are_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 150)) + "{}" + new string('}', 150);
        Assert.Contains("nests deeper than", Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(deep)).Message);
        const string Wide = """{"type":"array","minItems":5000,"items":{"type":"array","minItems":5000,"items":{"type":"string","pattern":"^[a-zé]{100}$"}}}""";
        Assert.NotNull(Grammar.FromJsonSchema(Wide)); // counted in chunks, and small
        Assert.Contains("states", Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema("""{"type":"string","pattern":"^(((ab){120}){120}){120}$"}""")).Message);
    }

    [Fact]
    public void Long_limits_cost_little() // pydantic's and OpenAPI's maxLength 65535
    {
        Grammar grammar = Grammar.FromJsonSchema("""{"type":"string","maxLength":65535}""");
        Assert.InRange(grammar.Automaton.Count, 100, 20_000);
        Assert.True(grammar.Matches($"\"{new string('x', 65535)}\""));
        Assert.False(grammar.Matches($"\"{new string('x', 65536)}\""));
    }

    [Fact]
    public void Mutated_schemas_are_compiled_or_refused()
    {
        string[] schemas = [.. Schemas.Select(row => row.Data.Item1)];
        Random random = new(3);
        for (int i = 0; i < 3000; i++)
        {
            StringBuilder text = new(schemas[random.Next(schemas.Length)]);
            string other = schemas[random.Next(schemas.Length)];
            int at = random.Next(text.Length), from = random.Next(other.Length);
            text.Remove(at, Math.Min(random.Next(8), text.Length - at)).Insert(at, other.AsSpan(from, Math.Min(random.Next(12), other.Length - from)));
            try
            {
                Grammar.FromJsonSchema(text.ToString());
            }
            catch (Exception fault) when (fault is GrammarException or JsonException)
            {
            }
        }
    }
}
