using System.Text.Json;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Folds;

/// <summary>Processes that are not the program but serve it, as a fold tells.</summary>
public sealed class ServingFoldTests
{
    [Fact]
    public void A_process_that_serves_another_one_does_so_instead_of_returning_a_pipeline_and_writes_nothing()
    {
        using TempFolder folder = new();
        List<string> log = [];
        Assert.Throws<ServedException>(() => Compose(log, folder.File("served"), isLost: false));
        Assert.Equal(["served", "disposed"], File.ReadAllLines(folder.File("served")));
        Assert.Empty(log);
    }

    [Fact]
    public void The_program_gets_its_pipeline_and_what_was_logged()
    {
        List<string> log = [];
        using Pipeline pipeline = Compose(log, file: null, isLost: false);
        Assert.Contains(log, static line => line.EndsWith("is built", StringComparison.Ordinal));
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        pipeline.Engine.Step(batch, sequence, [1, 2, 3], Phase.Prefill, LogitRows.Last);
        Assert.Equal(3, sequence.Tokens);
    }

    [Fact]
    public void A_lost_program_is_told_as_a_fault_of_the_composition()
    {
        using TempFolder folder = new();
        List<string> log = [];
        Assert.Equal("the program is lost", Assert.Throws<CompositionException>(() => Compose(log, folder.File("served"), isLost: true)).Message);
        Assert.Equal(["served", "disposed"], File.ReadAllLines(folder.File("served")));
    }

    private static Pipeline Compose(List<string> log, string? file, bool isLost) => Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={TestData.Path("families/llama.gguf")}", "head.use=reference", "router.use=reference", "experts.use=reference", "cache.use=reference",
            $$"""attention={"use":"reference","fold":[{"use":"serving","file":{{JsonSerializer.Serialize(file)}},"isLost":{{(isLost ? "true" : "false")}}}]}"""]),
        PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Built("Wrapper"), TestData.Plugins]),
        new PipelineOptions { Threads = 1, Rows = 8, Sequences = 1, Log = log.Add });
}
