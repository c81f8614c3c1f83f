using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Spud.Tests.Docs;

/// <summary>What a plugin's author looks up stands in the reference: weights with their shapes, traits, options that belong to the pipeline.</summary>
public sealed partial class PluginReferenceTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(TestData.Root, "docs", "writing-a-plugin.md"));

    public static TheoryData<string> Traits => [.. typeof(Trait).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => (string)constant.GetRawConstantValue()!)];

    /// <summary>What the plain reference plugin takes: it knows every trait.</summary>
    public static TheoryData<string> Weights =>
    [
        .. Directory.GetFiles(Path.Combine(TestData.Root, "tests", "plugins", "Reference"), "*.cs").Select(File.ReadAllText)
            .SelectMany(source => WeightName().Matches(source)).Select(match => match.Groups[1].Value).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Traits))]
    public void Every_trait_is_explained(string trait) => Assert.Contains($"\n| `{trait}` | ", s_page);

    [Theory]
    [MemberData(nameof(Weights))]
    public void Every_weight_has_its_shape(string weight)
    {
        // A row may name several: the first with its ending, the others without.
        string bare = weight.Split('.')[0];
        Assert.Contains(s_page.Split('\n'), line => line.StartsWith("| `", StringComparison.Ordinal) && Regex.IsMatch(line, $@"[`.]{Regex.Escape(bare)}[`.]") && line.Count(c => c == '|') == 5);
    }

    /// <summary>Beside the tutorial, whose files a test writes and builds, code stands in the plain reference plugin.</summary>
    [Fact]
    public void Examples_of_the_reference_are_compiled()
    {
        string[] sources = [.. Directory.GetFiles(Path.Combine(TestData.Root, "tests", "plugins", "Reference"), "*.cs").Select(File.ReadAllText)];
        MatchCollection examples = CodeBlock().Matches(s_page[s_page.IndexOf("# Reference\n", StringComparison.Ordinal)..]);
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains(sources, source => source.Contains(example.Groups[1].Value)));
    }

    [Fact]
    public void The_weights_were_found() => Assert.InRange(Weights.Count, 25, 100);

    [GeneratedRegex(@"""(?:blk\.\{layer\}\.)?([a-z_]+\.(?:weight|bias))""")]
    private static partial Regex WeightName();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
