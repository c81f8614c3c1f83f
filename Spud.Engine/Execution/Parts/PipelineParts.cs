using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Metering;
using Spud.Models;
using Spud.Models.Families;

namespace Spud.Execution;

/// <summary>All parts of a pipeline.</summary>
internal sealed class PipelineParts
{
    public required PipelineDocument Document { get; init; }

    public required GgufFile File { get; init; }

    public required ModelDescription Model { get; init; }

    /// <summary>Scaling of RoPE; null if the parts were assembled without a composer.</summary>
    public RopeScaling? Rope { get; init; }

    /// <summary>The model's weights, with those taken by components marked; null if the parts were assembled without a composer.</summary>
    public WeightCatalog? Weights { get; init; }

    /// <summary>SHA-256 of the model, computed on demand; null likewise.</summary>
    public Lazy<string>? Hash { get; init; }

    /// <summary>By domain, the memory that components use in turn.</summary>
    public ImmutableArray<(IMemoryDomain Domain, nint Address)> Arenas { get; init; } = [];

    /// <summary>Those of its components that another pipeline built.</summary>
    public ImmutableArray<PipelineComponent> TakenOver { get; init; } = [];

    public required Limits Limits { get; init; }

    public required WorkerThreads Pool { get; init; }

    /// <summary>Whether the pool is disposed with the pipeline.</summary>
    public required bool OwnsPool { get; init; }

    public required HostDomain Host { get; init; }

    /// <summary>Memory that belongs to no component: pages, step buffers, arena, batches.</summary>
    public required MemoryAccount Memory { get; init; }

    /// <summary>The components, in the order they were built.</summary>
    public required ImmutableArray<PipelineComponent> Components { get; init; }

    public required BoundComponent<IHead> Head { get; init; }

    public required BoundComponent<ICachePolicy> Cache { get; init; }

    /// <summary>[phase][layer].</summary>
    public required LayerParts[][] Layers { get; init; }

    /// <summary>Whether different components decode than prefill: each step has only one phase.</summary>
    public required bool SplitsPhases { get; init; }

    public required PageStore Pages { get; init; }

    /// <summary>Per-sequence states of components, in addition to the pages.</summary>
    public SequenceStates States { get; init; } = new();

    /// <summary>The memory domains of components, with the buffers of a step.</summary>
    public required StepDomains Domains { get; init; }

    /// <summary>Decides which requests a step serves.</summary>
    public JobScheduler Scheduler { get; set; } = new(new FifoScheduler(), FifoScheduler.Name, null);

    /// <summary>Guesses tokens that steps verify; null for none.</summary>
    public TokenDrafter? Drafter { get; set; }

    /// <summary>Decides which layers rows pass through; null: all of them.</summary>
    public LayerDepth? Depth { get; init; }

    /// <summary>The rows of a step that leave early; null if none do.</summary>
    public StepExits? Exits { get; init; }

    /// <summary>Whether no row passes through a layer: it has no operations, no pages and no costs.</summary>
    public bool LeavesOut(int layer) => Depth?.LeftOut.Contains(layer) == true;

    /// <summary>Time between two tokens of an answer that should rarely be exceeded while prompts are read.</summary>
    public TimeSpan TokenGap { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Maximum number of tokens for which pages are held by nothing but texts kept after their requests.</summary>
    public long KeptTokens { get => field > 0 ? field : 2L * Limits.ContextTokens; init; }

    /// <summary>Where texts of requests that give their pages back may be written; null if nowhere.</summary>
    public SwapStore? Swap { get; init; }

    /// <summary>Receives the plugin and the reason when a device is lost.</summary>
    public required Action<string, string> MarkFaulty { get; init; }

    /// <summary>Costs of every role in every layer and phase.</summary>
    public PipelineCosts Costs => field ??= CostReader.Read(this);

    /// <summary>[phase]: the operations of a step.</summary>
    public StepPlan[] Plans => field ??= StepCompiler.Compile(this);

    /// <summary>The operations after a step whose rows are read after the final norm; its head is an <see cref="IFinalNorm"/>.</summary>
    public StepPlan NormPlan => field ??= StepCompiler.CompileNorm(this);

    /// <summary>Places the components' workspaces in the arenas, including those that were placed in another pipeline's arenas.</summary>
    public void LayWorkspaces()
    {
        foreach ((IMemoryDomain domain, nint arena) in Arenas)
        {
            foreach (PipelineComponent component in Components.Where(component => component.Outer is null))
                component.LayWorkspaces(domain, arena);
        }
    }

    /// <summary>The first layer that has dropped or re-encoded keys needed by a text of this length; null if none has.</summary>
    /// <param name="tables">[L]: the pages of a text.</param>
    /// <param name="tokens">A length up to that of the text.</param>
    public int? DroppedBy(PageTable[] tables, int tokens)
    {
        for (int layer = 0; layer < tables.Length && tokens > 0; layer++)
        {
            float window = Model.Layers[layer].Number(Trait.Window, float.PositiveInfinity);
            if (!tables[layer].Reviews.CanTruncate(tokens, window))
                return layer;
        }

        return null;
    }

    public StepPlan PlanOf(Phase phase) => Plans[(int)phase];

    public LayerParts At(int layer, Phase phase) => Layers[(int)phase][layer];
}
