using System.Runtime.InteropServices;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Host.Tests.EndToEnd.ThirdParty;

/// <summary>
/// Writing a plugin outside the repository, from the packages: the tutorial is carried out once, and the sample and the template are what
/// it ends in.
/// </summary>
public sealed class TutorialTests(AuthorsMachine machine) : IClassFixture<AuthorsMachine>
{
    private static readonly string s_sample = Path.Combine(TestData.Root, "samples", "Router.Best");

    // What the sample needs inside the repository, and the readme, are not in the tutorial.
    private static readonly string[] s_notInTutorial = ["README.md", ".editorconfig", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"];

    private string Built => Path.Combine(Home(), "Router.Best", "Router.Best", "bin", "Debug", "net10.0");

    [Fact]
    public void Every_command_of_the_tutorial_does_what_it_says()
    {
        Home();
        int at = 0;
        foreach (string line in AuthorsMachine.ReadTutorial().Printed)
        {
            int found = machine.Log.IndexOf(line, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"the commands did not print '{line}':\n{machine.Log}");
            at = found + line.Length;
        }
    }

    [Fact]
    public void The_kit_was_run_twice_and_skipped_nothing_but_what_the_router_means_to_do()
    {
        Home();
        Assert.Equal(2, Count("Test run summary: Passed!"));
        Assert.Equal(2, Count("\n  failed: 0"));
        Assert.Equal(Count("\nskipped "), Count("\n  its routing is its own: "));

        int Count(string text) => machine.Log.Split(text).Length - 1;
    }

    [Fact]
    public void The_sample_is_what_the_tutorial_writes_and_nothing_of_it_is_left_out()
    {
        Tutorial tutorial = AuthorsMachine.ReadTutorial();
        string[] reference = [.. Directory.GetFiles(Path.Combine(TestData.Root, "tests", "plugins", "Reference"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.All(tutorial.OtherBlocks, block => Assert.Contains(reference, source => source.Contains(block, StringComparison.Ordinal)));
        Assert.Equal(Sources(s_sample).Except(s_notInTutorial), tutorial.Files.Keys.Order(StringComparer.Ordinal));
        Assert.All(tutorial.Files, file => Assert.Equal(File.ReadAllText(Path.Combine(s_sample, file.Key)), file.Value.Replace(TestData.Root, "../..")));
    }

    [Fact]
    public void The_template_makes_the_sample()
    {
        string made = Path.Combine(Home(), "My.Router");
        string[] expected = [.. Sources(s_sample).Except(s_notInTutorial).Append("README.md").Select(file => file.Replace("Router.Best", "My.Router")).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Sources(made));
        foreach (string file in expected.Where(file => file != "nuget.config"))
        {
            string text = File.ReadAllText(Path.Combine(made, file)).Replace("My.Router", "Router.Best").Replace("my.router", "router.best");
            Assert.Equal(File.ReadAllText(Path.Combine(s_sample, file.Replace("My.Router", "Router.Best"))), text);
        }
    }

    [Fact]
    public void The_contract_stays_with_the_host()
    {
        Assert.Equal(
            ["Router.Best.deps.json", "Router.Best.dll", "Router.Best.runtimeconfig.json", "System.Numerics.Tensors.dll", "spud-plugin.json"],
            Directory.GetFiles(Built).Select(file => Path.GetFileName(file)).Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("Spud", File.ReadAllText(Path.Combine(Built, "Router.Best.deps.json")));
    }

    [Theory]
    [InlineData(1.0f, true)]
    [InlineData(0.2f, false)]
    public void The_router_is_the_models_own_when_it_takes_all_the_mass(float mass, bool equal)
    {
        PipelineDocument document = PipelineDocument.Load(
            null,
            [
                $"model={TestData.Path("families/mixtral.gguf")}", "router.use=best", $"router.mass={mass}", "cache.format=f32",
                "head.activations=f32", "attention.activations=f32", "experts.activations=f32",
            ]);
        int[] tokens = [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];
        float[] expected = [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path("families/mixtral.logits.bin")))];
        using PluginCatalog catalog = PluginCatalog.Discover(Path.Combine(Path.GetDirectoryName(Spud.Program)!, "plugins"), Path.GetDirectoryName(Built)!);
        using Pipeline pipeline = Pipeline.Compose(document, catalog, new PipelineOptions { Threads = 2 });
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        batch.Add(sequence, tokens, Phase.Prefill, LogitRows.Last);
        engine.Run(batch);

        float[] logits = batch.Logits(0).ToArray();
        float largest = logits.Zip(expected[^logits.Length..], (got, wanted) => MathF.Abs(got - wanted)).Max();

        Assert.Equal(equal, largest < 2e-5f * (expected.Max() - expected.Min()));
        Assert.Equal(PluginState.Active, catalog.Statuses.Single(plugin => plugin.Id == "router.best").State);
    }

    private string Home()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");
        Assert.True(machine.ExitCode == 0, $"a command of docs/writing-a-plugin.md failed:\n{machine.Log}");
        return machine.Home;
    }

    /// <summary>Files below a folder that nobody built, with '/' in their paths, ordered.</summary>
    private static string[] Sources(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj")).Order(StringComparer.Ordinal),
    ];
}
