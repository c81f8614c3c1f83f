using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class BinderTests
{
    private static readonly BindingSubject s_cache = new("option", "cache 'compressed'") { Skip = OptionsClass.ReservedNames };

    [Fact]
    public void Every_kind_of_option_is_bound()
    {
        CompressedOptions options = Bind("""
            {
              "use": "compressed", // not an option
              "keys": "q4_0", "values": "F16", "keepRecent": 64, "mass": 0.25, "exact": true, "label": "abc", "note": "a\tb",
              "patience": "00:01:30", "style": "drop-old", "pages": [1, 2, 3,], "tiers": [{ "name": "a", "tokens": 7 }, { "name": "b" }],
              "last": { "name": "c", "below": { "name": "d" } }, "weights": { "x": 0.5 }, "level": 255, "seed": 18446744073709551615, "pace": "slow",
            }
            """);

        Assert.Equal(ElementType.Q4_0, options.Keys);
        Assert.Equal(ElementType.F16, options.Values);
        Assert.Equal((64, 0.25f, true, "abc", "a\tb"), (options.KeepRecent, options.Mass, options.Exact, options.Label, options.Note));
        Assert.Equal(TimeSpan.FromSeconds(90), options.Patience);
        Assert.Equal(CacheStyle.DropOld, options.Style);
        Assert.Equal([1, 2, 3], options.Pages);
        Assert.Equal([("a", 7), ("b", 1)], options.Tiers.Select(tier => (tier.Name, tier.Tokens)));
        Assert.Equal(("c", "d"), (options.Last.Name, options.Last.Below!.Name));
        Assert.Equal(0.5, options.Weights["x"]);
        Assert.Equal((byte.MaxValue, ulong.MaxValue, "slow"), (options.Level, options.Seed, options.Pace));
    }

    [Fact]
    public void What_is_not_written_keeps_its_default()
    {
        CompressedOptions options = Bind("{}");

        Assert.Equal((ElementType.Q8_0, null, 256, 0.9f, "fast"), (options.Keys, options.Values, options.KeepRecent, options.Mass, options.Pace));
    }

    [Fact]
    public void Null_is_taken_where_the_option_may_be_null()
    {
        CompressedOptions options = Bind("""{ "values": null, "note": null, "last": { "name": "a", "below": null } }""");

        Assert.Null(options.Values);
        Assert.Null(options.Note);
        Assert.Null(options.Last.Below);
    }

    [Theory]
    [InlineData("""{"bitz":1}""", "p.json:1:2: $.bitz is not an option of cache 'compressed'. Known: keys, values, keepRecent, mass, exact, label, note, patience, style, pages, tiers, last, weights, level, seed, pace.")]
    [InlineData("""{"keeprecent":1}""", "p.json:1:2: $.keeprecent is not an option of cache 'compressed'. Known: keys, values, keepRecent, mass, exact, label, note, patience, style, pages, tiers, last, weights, level, seed, pace. Did you mean 'keepRecent'?")]
    [InlineData("""{"usee":1}""", "p.json:1:2: $.usee is not an option of cache 'compressed'. Known: keys, values, keepRecent, mass, exact, label, note, patience, style, pages, tiers, last, weights, level, seed, pace. Did you mean 'use'?")]
    [InlineData("""{"keepRecent":"many"}""", "p.json:1:15: $.keepRecent must be a whole number from 64 to 65536, got \"many\".")]
    [InlineData("""{"keepRecent":63}""", "p.json:1:15: $.keepRecent must be a whole number from 64 to 65536, got 63.")]
    [InlineData("""{"keepRecent":65537}""", "p.json:1:15: $.keepRecent must be a whole number from 64 to 65536, got 65537.")]
    [InlineData("""{"keepRecent":64.5}""", "p.json:1:15: $.keepRecent must be a whole number from 64 to 65536, got 64.5.")]
    [InlineData("""{"keepRecent":null}""", "p.json:1:15: $.keepRecent must be a whole number from 64 to 65536, got null.")]
    [InlineData("""{"mass":1.5}""", "p.json:1:9: $.mass must be a number from 0 to 1, got 1.5.")]
    [InlineData("""{"mass":1e999}""", "p.json:1:9: $.mass must be a number from 0 to 1, got 1e999.")]
    [InlineData("""{"mass":"0.5"}""", "p.json:1:9: $.mass must be a number from 0 to 1, got \"0.5\".")]
    [InlineData("""{"exact":"yes"}""", "p.json:1:10: $.exact must be true or false, got \"yes\".")]
    [InlineData("""{"exact":1}""", "p.json:1:10: $.exact must be true or false, got 1.")]
    [InlineData("""{"label":"A"}""", "p.json:1:10: $.label must be a string that matches [a-z]+, got \"A\".")]
    [InlineData("""{"label":true}""", "p.json:1:10: $.label must be a string that matches [a-z]+, got true.")]
    [InlineData("""{"note":[]}""", "p.json:1:9: $.note must be a string, got an empty array.")]
    [InlineData("""{"patience":"soon"}""", "p.json:1:13: $.patience must be a duration such as \"00:00:30\", got \"soon\".")]
    [InlineData("""{"style":"drop-odd"}""", "p.json:1:10: $.style must be one of keep-all, drop-old, got \"drop-odd\". Did you mean 'drop-old'?")]
    [InlineData("""{"style":1}""", "p.json:1:10: $.style must be one of keep-all, drop-old, got 1.")]
    [InlineData("""{"style":"keep-all, drop-old"}""", "p.json:1:10: $.style must be one of keep-all, drop-old, got \"keep-all, drop-old\".")]
    [InlineData("""{"pages":7}""", "p.json:1:10: $.pages must be an array, got 7.")]
    [InlineData("""{"pages":[1,"2",null]}""", "p.json:1:13: $.pages[1] must be a whole number, got \"2\".|p.json:1:17: $.pages[2] must be a whole number, got null.")]
    [InlineData("""{"pages":[1,2,3,4]}""", "p.json:1:10: $.pages must have at most 3 entries.")]
    [InlineData("""{"tiers":{}}""", "p.json:1:10: $.tiers must be an array, got an object.")]
    [InlineData("""{"tiers":[{"name":"a","token":0}]}""", "p.json:1:23: $.tiers[0].token is not an option of 'tiers' of cache 'compressed'. Known: name, tokens, below. Did you mean 'tokens'?")]
    [InlineData("""{"tiers":[{"tokens":0}]}""", "p.json:1:11: $.tiers[0] lacks 'name', which 'tiers' of cache 'compressed' needs.|p.json:1:21: $.tiers[0].tokens must be a whole number of at least 1, got 0.")]
    [InlineData("""{"last":{"name":""}}""", "p.json:1:17: $.last.name must not be empty.")]
    [InlineData("""{"last":null}""", "p.json:1:9: $.last must be an object, got null.")]
    [InlineData("""{"last":"a"}""", "p.json:1:9: $.last must be an object, got \"a\".")]
    [InlineData("""{"last":{"name":"a","below":{"name":"b","below":3}}}""", "p.json:1:49: $.last.below.below must be an object, got 3.")]
    [InlineData("""{"weights":{"a":true}}""", "p.json:1:17: $.weights.a must be a number, got true.")]
    [InlineData("""{"weights":{"a":1e999}}""", "p.json:1:17: $.weights.a must be a number from -1.7976931348623157E+308 to 1.7976931348623157E+308, got 1e999.")]
    [InlineData("""{"level":256}""", "p.json:1:10: $.level must be a whole number from 0 to 255, got 256.")]
    [InlineData("""{"seed":-1}""", "p.json:1:9: $.seed must be a whole number from 0 to 18446744073709551615, got -1.")]
    [InlineData("""{"pace":"fsat"}""", "p.json:1:9: $.pace must be one of slow, fast, got \"fsat\".")]
    [InlineData("""{"note":"a","note":"b"}""", "p.json:1:13: 'note' appears twice, first at p.json:1:2. Keep one of them.")]
    [InlineData("""{"note":"\ud800"}""", "p.json:1:9: \"\\ud800\" is not valid text: it contains half of a surrogate pair. Write both halves, or the character itself.|p.json:1:9: $.note must be a string, got \"\\ud800\".")]
    [InlineData("""{"\u0007":"a"}""", "p.json:1:2: $.\\u0007 is not an option of cache 'compressed'. Known: keys, values, keepRecent, mass, exact, label, note, patience, style, pages, tiers, last, weights, level, seed, pace.")]
    public void A_fault_has_its_place_and_says_what_was_expected(string json, string expected) =>
        Assert.Equal(expected.Split('|'), Faults(json, SampleJson.Default.CompressedOptions));

    [Fact]
    public void An_enum_lists_its_names()
    {
        string fault = Assert.Single(Faults("""{"keys":"q8_O","values":"f16"}""", SampleJson.Default.CompressedOptions));

        Assert.StartsWith("p.json:1:9: $.keys must be one of f32, f16, q4_0, ", fault, StringComparison.Ordinal);
        Assert.EndsWith(", got \"q8_O\". Did you mean 'q8_0'?", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_at_once_in_the_order_of_the_file()
    {
        string[] faults = Faults(
            """
            {
              "mass": 7,
              "bitz": 4,
              "keepRecent": "x",
              "tiers": [ { "tokens": -1 } ]
            }
            """,
            SampleJson.Default.CompressedOptions);

        Assert.Equal(["p.json:2:11", "p.json:3:3", "p.json:4:17", "p.json:5:14", "p.json:5:26"], faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Missing_members_are_named()
    {
        Assert.Equal(
            ["p.json:1:1: $ lacks 'ranks', which cache 'compressed' needs.", "p.json:1:1: $ lacks 'name', which cache 'compressed' needs."],
            Faults("{}", SampleJson.Default.NeedyOptions));
    }

    [Fact]
    public void A_long_under_a_range_of_ints_is_refused_and_not_thrown()
    {
        Assert.Equal(
            ["p.json:1:34: $.far must be a whole number from 0 to 10, got 9999999999."],
            Faults("""{"ranks": 1, "name": "a", "far": 9999999999}""", SampleJson.Default.NeedyOptions));
    }

    [Fact]
    public void A_component_without_options_says_so()
    {
        Assert.Equal(["p.json:1:2: $.a is not an option of cache 'compressed'. It has none."], Faults("""{"a":1}""", SampleJson.Default.NoOptions));
    }

    [Fact]
    public void Columns_count_as_editors_do()
    {
        // An accented letter is one column and two bytes, a treble clef two columns and four bytes.
        Assert.Equal(["p.json:2:21: $.mass must be a number from 0 to 1, got -1."], Faults("{\n\"note\":\"é𝄞\",\"mass\":-1}", SampleJson.Default.CompressedOptions));
    }

    [Fact]
    public void Source_generated_metadata_carries_the_attributes()
    {
        JsonPropertyInfo property = SampleJson.Default.RouterOptions.Properties.Single(candidate => candidate.Name == "maxExperts");
        Assert.Single(OptionRules.Of(property));
    }

    [Fact]
    public void A_hundred_thousand_faults_cost_a_hundred_messages()
    {
        string json = $"{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"keepRecemt{i}\":1"))}}}";
        string[] faults = Faults(json, SampleJson.Default.CompressedOptions);

        Assert.Equal(FaultList.Most + 1, faults.Length);
        Assert.Equal("p.json: and 49900 more faults.", faults[^1]);
    }

    [Theory]
    [InlineData("ReservedOptions", "ReservedOptions has an option 'layers', a name that belongs to the pipeline. Rename it (reserved: use, layers, phase, fold, pack).")]
    [InlineData("InitOptions", "InitOptions needs a parameterless constructor and 'set' properties: 'init' and 'required' lose their defaults in source-generated JSON.")]
    [InlineData("RequiredOptions", "RequiredOptions needs a parameterless constructor and 'set' properties: 'init' and 'required' lose their defaults in source-generated JSON.")]
    [InlineData("CollectingOptions", "CollectingOptions collects unknown members in 'rest': options are strict.")]
    [InlineData("ConvertingOptions", "ConvertingOptions has a converter on 'style'. Put it on the type of the option, where its values can be checked and described.")]
    [InlineData("MarkedOptions", "MarkedOptions has an option '$kind': names that begin with '$' belong to the pipeline. Rename it.")]
    [InlineData("AnyJsonOptions", "AnyJsonOptions has an option 'extra' of type JsonElement, whose values cannot be checked. Use a class of options, a dictionary or an array of a type that says what it holds.")]
    [InlineData("AnyJsonInsideOptions", "AnyJsonInsideOptions has an option 'parts' of type JsonNode, whose values cannot be checked. Use a class of options, a dictionary or an array of a type that says what it holds.")]
    [InlineData("NeedyOptions", null)]
    [InlineData("CompressedOptions", null)]
    [InlineData("NoOptions", null)]
    public void A_registration_is_told_what_is_wrong_with_its_options_class(string name, string? refusal)
    {
        Type type = typeof(CompressedOptions).Assembly.GetType($"{typeof(CompressedOptions).Namespace}.{name}", throwOnError: true)!;
        Assert.Equal(refusal, OptionsClass.Refusal(SampleJson.Default.GetTypeInfo(type)!));
    }

    [Fact]
    public void What_is_no_object_is_no_options_class() =>
        Assert.Equal("Int32 is not an options class: its JSON is not an object.", OptionsClass.Refusal(JsonTypeInfo.CreateJsonTypeInfo<int>(new JsonSerializerOptions())));

    private static CompressedOptions Bind(string json)
    {
        FaultList faults = new();
        ConfigObject tree = ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "p.json", faults)!;
        CompressedOptions? options = Binder.Bind(tree, SampleJson.Default.CompressedOptions, s_cache, faults);
        Assert.Empty(faults.InOrder());
        return options!;
    }

    private static string[] Faults(string json, JsonTypeInfo type)
    {
        FaultList faults = new();
        ConfigObject tree = ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "p.json", faults)!;
        Binder.Bind(tree, type, s_cache, faults);
        return [.. faults.InOrder().Select(fault => fault.ToString())];
    }
}
