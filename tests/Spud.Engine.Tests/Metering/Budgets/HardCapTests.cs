using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Plugins;
using Spud.Tests.Plugins;
using Xunit;

namespace Spud.Tests.Metering.Budgets;

/// <summary>
/// The hard cap is hard whatever a router does (the cap was exceeded by a router that grew MaxExpertsPerRow between steps, and by one whose
/// rows were uneven under the same total).
/// </summary>
public sealed class HardCapTests : IDisposable
{
    private readonly PluginFolders _folders = new();

    public HardCapTests() => _folders.Add("Rude");

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void A_row_with_more_experts_than_the_router_promised_ends_the_request()
    {
        ComponentException refused = Assert.Throws<ComponentException>(() => Charged("uneven", budget: 1));
        Assert.Equal(
            "router 'rude/rude' failed in layer 0: plan: row 0 has 4 experts, expected at most 2 (the router's MaxExpertsPerRow when the pipeline was built)",
            refused.Message);
    }

    [Fact]
    public void A_router_that_grows_its_maximum_gets_room_and_is_billed_for_what_it_said_at_first()
    {
        decimal steady = Charged("", budget: 1), grown = Charged("grows", budget: 1);
        Assert.Equal(steady, grown);
        Assert.Equal(steady, Charged("grows", budget: steady));
        Assert.Throws<BudgetExceededException>(() => Charged("grows", budget: steady - 0.000001m));
    }

    /// <summary>Compute units of a prompt of three tokens and two more steps.</summary>
    private decimal Charged(string breaks, decimal budget)
    {
        using PluginCatalog catalog = PluginCatalog.Discover(TestData.Plugins, _folders.Path);
        PipelineDocument document = PipelineDocument.Load(null, [$"model={TestData.Path("families/mixtral.gguf")}", "router.use=rude", $"router.breaks={breaks}"]);
        using Pipeline pipeline = Pipeline.Compose(document, catalog, new PipelineOptions { Threads = 1 });
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        sequence.StartLedger(Budget.OfCompute(budget));
        Batch batch = engine.NewBatch();
        foreach (int[] tokens in new int[][] { [1, 2, 3], [4], [5] })
        {
            batch.Clear();
            batch.Add(sequence, tokens, tokens.Length > 1 ? Phase.Prefill : Phase.Decode, LogitRows.Last);
            engine.Run(batch);
        }

        return sequence.Ledger.ComputeUnits;
    }
}
