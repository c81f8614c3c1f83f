using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Metering;
using Spud.Models;
using Spud.Models.Families;

namespace Spud.Execution;

/// <summary>Everything that a pipeline is made of.</summary>
internal sealed class PipelineParts
{
    public required PipelineDocument Document { get; init; }

    public required GgufFile File { get; init; }

    public required ModelDescription Model { get; init; }

    /// <summary>How RoPE is scaled; null where parts were put together without a composer.</summary>
    public RopeScaling? Rope { get; init; }

    /// <summary>The model's weights, with those marked that components took; null where parts were put together without a composer.</summary>
    public WeightCatalog? Weights { get; init; }

    /// <summary>SHA-256 of the model, computed when it is asked for; null likewise.</summary>
    public Lazy<string>? Hash { get; init; }

    /// <summary>By domain, the memory in which components take turns.</summary>
    public ImmutableArray<(IMemoryDomain Domain, nint Address)> Arenas { get; init; } = [];

    /// <summary>Of its components, those that another pipeline built.</summary>
    public ImmutableArray<PipelineComponent> TakenOver { get; init; } = [];

    public required Limits Limits { get; init; }

    public required WorkerThreads Pool { get; init; }

    /// <summary>Whether the pool goes with the pipeline.</summary>
    public required bool OwnsPool { get; init; }

    public required HostDomain Host { get; init; }

    /// <summary>What belongs to no component: pages, step buffers, arena, batches.</summary>
    public required MemoryAccount Memory { get; init; }

    /// <summary>As they were built.</summary>
    public required ImmutableArray<PipelineComponent> Components { get; init; }

    public required BoundComponent<IHead> Head { get; init; }

    public required BoundComponent<ICachePolicy> Cache { get; init; }

    /// <summary>[phase][layer].</summary>
    public required LayerParts[][] Layers { get; init; }

    /// <summary>Other components decode than prefill: steps have one phase only.</summary>
    public required bool SplitsPhases { get; init; }

    public required PageStore Pages { get; init; }

    /// <summary>What components keep of sequences, in addition to the pages.</summary>
    public SequenceStates States { get; init; } = new();

    /// <summary>The memory domains that components work in, with the buffers of a step.</summary>
    public required StepDomains Domains { get; init; }

    /// <summary>Told the plugin and the reason when a device is lost.</summary>
    public required Action<string, string> MarkFaulty { get; init; }

    /// <summary>What every role costs in every layer and phase.</summary>
    public PipelineCosts Costs => field ??= CostReader.Read(this);

    /// <summary>[phase]: the operations of a step.</summary>
    public StepPlan[] Plans => field ??= StepCompiler.Compile(this);

    /// <summary>What follows a step whose rows are read behind the final norm; its head is an <see cref="IFinalNorm"/>.</summary>
    public StepPlan NormPlan => field ??= StepCompiler.CompileNorm(this);

    /// <summary>Lays the components' workspaces into the arenas: what was laid into those of another pipeline comes back.</summary>
    public void LayWorkspaces()
    {
        foreach ((IMemoryDomain domain, nint arena) in Arenas)
        {
            foreach (PipelineComponent component in Components.Where(component => component.Outer is null))
                component.LayWorkspaces(domain, arena);
        }
    }

    public StepPlan PlanOf(Phase phase) => Plans[(int)phase];

    public LayerParts At(int layer, Phase phase) => Layers[(int)phase][layer];
}
