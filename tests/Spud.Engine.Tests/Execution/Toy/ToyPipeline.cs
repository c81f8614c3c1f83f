using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;

namespace Spud.Tests.Execution.Toy;

/// <summary>A pipeline without plugin or model: components that are formulas, so that a test can break each of them at will.</summary>
internal sealed class ToyPipeline : IDisposable
{
    public const int Vocabulary = 11;

    private readonly MemoryAccount _memory = new();
    private readonly HostDomain _host = new();

    public ToyPipeline(ToySettings settings)
    {
        Model = ToyModel(settings);
        Limits = new() { Rows = settings.Rows, Sequences = settings.Sequences, ContextTokens = settings.ContextTokens, LogitRows = settings.LogitRows };
        Router = new ToyRouter(_host, Model, Faults);
        Cache = new ToyCache(settings.PageTokens, settings.TokensAtMost ?? settings.ContextTokens, settings.Format, settings.Layout, settings.ReviewTokens);
        Domains = new StepDomains(_memory, _host, Model, Limits, Router.MaxExpertsPerRow);
        Domains.Host.ServeAttention();
        BoundComponent<ICachePolicy> cache = new(Role.Cache, "toy/cache", new Offer { RowInvariant = !settings.Forgets }, Cache, Domains.Host);
        LayerParts[] layers = [.. Model.Layers.Select(layer => Parts(layer, settings))];
        LayerParts[][] phases = [layers, settings.SplitsPhases ? [.. layers] : layers];
        Pages = new PageBuilder(_memory, _host, Model, Limits, settings.CacheTokens).Build(cache, phases);
        Pipeline = new Pipeline(new PipelineParts
        {
            Document = PipelineDocument.Default,
            File = GgufFile.Open(TestData.Path("stories260K/stories260K-f32.gguf")),
            Model = Model,
            Limits = Limits,
            Pool = new WorkerThreads(1),
            OwnsPool = true,
            Host = _host,
            Memory = _memory,
            Components = [],
            Head = new(Role.Head, "toy/head", new Offer(), new ToyHead(_host, Faults), Domains.Host),
            Cache = cache,
            Layers = phases,
            SplitsPhases = settings.SplitsPhases,
            Pages = Pages,
            Domains = Domains,
            MarkFaulty = (plugin, reason) => MarkedFaulty.Add((plugin, reason)),
        });
    }

    public ToyFaults Faults { get; } = new();

    public ToyRouter Router { get; }

    public ToyCache Cache { get; }

    public ModelDescription Model { get; }

    public Limits Limits { get; }

    public StepDomains Domains { get; }

    public List<(string Plugin, string Reason)> MarkedFaulty { get; } = [];

    public PageStore Pages { get; }

    public Pipeline Pipeline { get; }

    public Engine Engine => Pipeline.Engine;

    /// <summary>Adds tokens to a sequence alone and returns the logits of the last row.</summary>
    public float[] Run(Sequence sequence, Phase phase, params int[] tokens)
    {
        Batch batch = Engine.NewBatch();
        batch.Add(sequence, tokens, phase, LogitRows.Last);
        Engine.Run(batch);
        return batch.Logits(0).ToArray();
    }

    public void Dispose() => Pipeline.Dispose();

    private LayerParts Parts(LayerDescription layer, ToySettings settings) => new(
        new(Role.Attention, "toy/attention", new Offer { PageTypes = settings.PageTypes, FoldsPerHead = settings.FoldsPerHead }, settings.Attention?.Invoke(_host) ?? new ToyAttention(_host, Model, Faults), Domains.Host),
        layer.Experts > 1 ? new(Role.Router, "toy/router", new Offer(), Router, Domains.Host) : null,
        new(Role.Experts, "toy/experts", new Offer(), new ToyExperts(_host, Faults), Domains.Host));

    private static ModelDescription ToyModel(ToySettings settings) => new()
    {
        Architecture = "toy",
        HiddenWidth = 8,
        Vocabulary = Vocabulary,
        ContextTokens = settings.ContextTokens,
        NormEpsilon = 1e-5f,
        Layers = [.. Enumerable.Range(0, settings.Layers).Select(layer => new LayerDescription
        {
            QueryHeads = 4,
            Kv = new() { Heads = 2, KeyWidth = 4, ValueWidth = 2 },
            Rope = null,
            Experts = layer % 2 == 0 ? settings.Experts : 1,
            ExpertsUsed = 1,
            ExpertWidth = 8,
            Traits = Traits(settings),
        })],
        Traits = FrozenDictionary<string, float>.Empty,
    };

    private static FrozenDictionary<string, float> Traits(ToySettings settings)
    {
        Dictionary<string, float> traits = [];
        if (settings.Window is { } window)
            traits[Trait.Window] = window;
        if (settings.SharedExpert)
            traits[Trait.SharedExpert] = 1;

        return traits.ToFrozenDictionary();
    }
}

/// <summary>Shape of a toy pipeline.</summary>
internal sealed record ToySettings
{
    public int Layers { get; init; } = 3;

    public int Experts { get; init; } = 5;

    public int Rows { get; init; } = 16;

    public int Sequences { get; init; } = 4;

    public int LogitRows { get; init; } = 16;

    public int ContextTokens { get; init; } = 64;

    public int PageTokens { get; init; } = 4;

    public int? TokensAtMost { get; init; }

    public int? CacheTokens { get; init; }

    public ElementType Format { get; init; } = ElementType.F32;

    /// <summary>Instead of one made of the numbers above.</summary>
    public CacheLayout? Layout { get; init; }

    public ImmutableArray<ElementType> PageTypes { get; init; } = [ElementType.F32];

    public bool FoldsPerHead { get; init; } = true;

    public int? Window { get; init; }

    public bool SharedExpert { get; init; }

    /// <summary>Whether the cache may drop keys that rows to come would see.</summary>
    public bool Forgets { get; init; }

    public int? ReviewTokens { get; init; }

    public bool SplitsPhases { get; init; }

    public Func<IMemoryDomain, IAttention>? Attention { get; init; }
}
