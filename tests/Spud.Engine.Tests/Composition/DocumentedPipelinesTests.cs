using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using NJsonSchema;
using Spud.Composition;
using Spud.Configuration;
using Spud.Models;
using Spud.Models.Families;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>Every pipeline that a document shows can be composed as it stands.</summary>
public sealed partial class DocumentedPipelinesTests
{
    private static readonly JsonDocumentOptions s_comments = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static TheoryData<string, int> Pipelines => [.. All().Select(pipeline => (pipeline.File, pipeline.Line))];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void ItsComponentsAndOptionsAreKnown(string file, int line)
    {
        string folder = Path.GetDirectoryName(Path.Combine(TestData.Root, file))!;
        using TempFolder temporary = new();
        PipelineDocument document = PipelineDocument.Load(temporary.Write("pipeline.json", System.Text.Encoding.UTF8.GetBytes(TextOf(file, line))), []);
        string? model = document.Model is null ? null : Path.Combine(folder, Path.GetRelativePath(temporary.Path, document.Model));
        Assert.True(model is null || File.Exists(model), $"{model} is not there");

        using GgufFile gguf = GgufFile.Open(model ?? TestData.DefaultModel);
        using PluginCatalog plugins = PluginCatalog.Discover([TestData.Plugins]);
        FrozenDictionary<string, ImmutableArray<ChosenComponent>> chosen = new ComponentChoice(document, plugins, ModelReader.Read(gguf).Description).Choose();
        Assert.All(Roles.All, role => Assert.NotEmpty(chosen[role]));
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task ItPassesTheSchema(string file, int line)
    {
        using PluginCatalog plugins = PluginCatalog.Discover([TestData.Plugins]);
        JsonSchema schema = await JsonSchema.FromJsonAsync(PipelineSchema.Of(plugins).ToJsonString(), TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(TextOf(file, line), s_comments);
        Assert.Empty(schema.Validate(JsonSerializer.Serialize(document.RootElement))); // without comments
    }

    [Fact]
    public void ThereAreSome() => Assert.True(All().Count() >= 3);

    private static string TextOf(string file, int line) => All().Single(pipeline => pipeline.File == file && pipeline.Line == line).Text;

    // A block of JSON with a model or a role is a pipeline.
    private static IEnumerable<(string File, int Line, string Text)> All() =>
        from path in Directory.EnumerateFiles(Path.Combine(TestData.Root, "docs"), "*.md").Append(Path.Combine(TestData.Root, "README.md")).Order(StringComparer.Ordinal)
        let markdown = File.ReadAllText(path).ReplaceLineEndings("\n")
        from Match block in Block().Matches(markdown)
        let text = block.Groups["text"].Value
        where IsPipeline(text)
        select (Path.GetRelativePath(TestData.Root, path), markdown.AsSpan(0, block.Index).Count('\n') + 1, text);

    private static bool IsPipeline(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text, s_comments);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && Roles.All.Append("model").Any(name => document.RootElement.TryGetProperty(name, out _));
    }

    [GeneratedRegex(@"^```jsonc?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
