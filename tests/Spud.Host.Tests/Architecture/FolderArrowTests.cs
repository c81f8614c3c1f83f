namespace Spud.Host.Tests.Architecture;

/// <summary>Which folder of an assembly may name which: what is not listed here is not allowed, and nothing here goes in a circle.</summary>
public sealed class FolderArrowTests
{
    private static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["Spud.Abstractions"] =
        [
            "Execution -> Memory",
            "Folds -> Execution", "Folds -> Memory", "Folds -> Pages",
            "Models -> Memory",
            "Pages -> Memory",
            "Plugins -> Execution", "Plugins -> Folds", "Plugins -> Memory", "Plugins -> Models", "Plugins -> Pages", "Plugins -> Roles",
            "Roles -> Execution", "Roles -> Memory", "Roles -> Models", "Roles -> Pages",
        ],
        ["Spud.Numerics"] = ["Kernels -> Blocks"],
        ["Spud.Models"] = [". -> Gguf", "Families -> .", "Families -> Gguf"],
        ["Spud.Text"] = ["ChatTemplates -> Grammars", "Grammars -> Tokenization"],
        ["Spud.Engine"] =
        [
            "Plugins -> Configuration",
            "Metering -> Configuration",
            "Execution -> Configuration", "Execution -> Metering", "Execution -> Plugins",
            "Composition -> Configuration", "Composition -> Execution", "Composition -> Metering", "Composition -> Plugins",
            "Embeddings -> Composition", "Embeddings -> Execution", "Embeddings -> Metering",
            "Generation -> Composition", "Generation -> Configuration", "Generation -> Embeddings", "Generation -> Execution", "Generation -> Metering", "Generation -> Sampling",
            ". -> Composition", ". -> Configuration", ". -> Embeddings", ". -> Execution", ". -> Generation", ". -> Plugins", ". -> Sampling",
        ],
        ["Spud.Accounts"] = [". -> Databases"],
        ["Spud.Evaluation"] = ["Calibration -> Comparison", "Calibration -> Likelihood", "Likelihood -> Comparison"],
        ["Spud.Extensions.AI"] = [],
        ["Spud.Server"] =
        [
            "Models -> Http", "Models -> Settings",
            "Security -> Settings",
            "Jobs -> Http", "Jobs -> Settings",
            "Generation -> Http", "Generation -> Jobs", "Generation -> Models", "Generation -> Settings",
            "Chat -> Generation", "Chat -> Http", "Chat -> Jobs", "Chat -> Models", "Chat -> Settings",
            "Completions -> Generation", "Completions -> Http", "Completions -> Jobs", "Completions -> Models", "Completions -> Settings",
            "Embeddings -> Generation", "Embeddings -> Http", "Embeddings -> Jobs", "Embeddings -> Models",
            "Responses -> Chat", "Responses -> Generation", "Responses -> Http", "Responses -> Jobs", "Responses -> Models", "Responses -> Settings",
            "Background -> Chat", "Background -> Generation", "Background -> Http", "Background -> Jobs", "Background -> Models", "Background -> Settings",
            "Tokenize -> Chat", "Tokenize -> Http", "Tokenize -> Models", "Tokenize -> Settings",
            "Operations -> Generation", "Operations -> Http", "Operations -> Models", "Operations -> Settings",
            ". -> Background", ". -> Chat", ". -> Completions", ". -> Embeddings", ". -> Generation", ". -> Http", ". -> Jobs", ". -> Models", ". -> Operations", ". -> Responses",
            "Page -> Generation", "Page -> Jobs", "Page -> Models", "Page -> Operations",
            ". -> Page", ". -> Security", ". -> Settings", ". -> Tokenize",
        ],
        ["Spud.Host"] =
        [
            "Output -> Shell",
            "Loading -> Shell",
            "Hosting -> Shell",
            "Repl -> Loading", "Repl -> Output", "Repl -> Shell",
            "Cli -> Hosting", "Cli -> Loading", "Cli -> Output", "Cli -> Repl", "Cli -> Shell",
        ],
    };

    public static TheoryData<string> Projects => [.. s_arrows.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_name_each_other_along_the_listed_arrows_only(string project)
    {
        ILookup<string, string> arrows = new SourceFolders(project).Arrows();
        string[] added = [.. arrows.Where(arrow => !s_arrows[project].Contains(arrow.Key)).Select(arrow => $"{project}: {arrow.Key}, since {string.Join(", ", arrow)}")];
        Assert.True(added.Length == 0, string.Join('\n', added));
        Assert.Empty(s_arrows[project].Except(arrows.Select(static arrow => arrow.Key)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_listed_arrows_form_no_circle(string project)
    {
        (string From, string To)[] left = [.. s_arrows[project].Select(static arrow => arrow.Split(" -> ")).Select(static ends => (ends[0], ends[1]))];
        for (int before = -1; before != left.Length;)
        {
            // What nobody else is named by cannot be part of a circle.
            before = left.Length;
            left = [.. left.Where(arrow => left.Any(other => other.To == arrow.From))];
        }

        Assert.Empty(left);
    }

    [Fact]
    public void Every_assembly_of_the_library_is_listed() => Assert.Equal(
        s_arrows.Keys.Order(StringComparer.Ordinal),
        Directory.GetDirectories(TestData.Root).Select(Path.GetFileName).Where(static name => name!.StartsWith("Spud.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
