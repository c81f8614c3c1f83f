using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Tests.Execution.Dispatch;

/// <summary>Components that do nothing. Everything else of a step is real: pages, appends, commits, the cache's policy.</summary>
internal sealed class Hollow(IMemoryDomain host) : IHead, IAttention, IExperts
{
    public IMemoryDomain Domain => host;

    /// <summary>The same pipeline with hollow components; it owns nothing and is not to be disposed.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="decodes">Whether its attention is real while it decodes: prompts are then read in no time.</param>
    public static Pipeline Of(Pipeline pipeline, bool decodes = false)
    {
        PipelineParts parts = pipeline.Parts;
        Hollow hollow = new(parts.Host);
        StepDomain host = parts.Domains.Host;
        LayerParts layer = new(new(Role.Attention, "hollow", new Offer(), hollow, host), null, new(Role.Experts, "hollow", new Offer(), hollow, host));
        return new Pipeline(new PipelineParts
        {
            Document = parts.Document,
            File = parts.File,
            Model = parts.Model,
            Limits = parts.Limits,
            Pool = parts.Pool,
            OwnsPool = false,
            Host = parts.Host,
            Memory = parts.Memory,
            Components = [],
            Head = new(Role.Head, "hollow", new Offer(), hollow, host),
            Cache = parts.Cache,
            Layers = [.. new[] { false, decodes }.Select(isReal => parts.Layers[0].Select(of => isReal ? of with { Router = null, Experts = layer.Experts } : layer).ToArray())],
            SplitsPhases = decodes,
            Pages = parts.Pages,
            Domains = parts.Domains,
            MarkFaulty = parts.MarkFaulty,
        });
    }

    public void Embed(in Step step, in TensorView hidden)
    {
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
    }

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
    }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
    }

    public void Dispose()
    {
    }
}
