using System.Collections.Frozen;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Tests.Execution.Toy;

namespace Spud.Tests.Execution.Domains;

/// <summary>A pipeline of silent components, each where a test puts it: a dense layer and two mixtures.</summary>
internal sealed class SilentPipeline : IDisposable
{
    private readonly MemoryAccount _memory = new();
    private readonly HostDomain _host = new();
    private readonly StepDomains _domains;

    /// <param name="device">By role: null is the host.</param>
    public SilentPipeline(Func<string, IMemoryDomain?> device)
    {
        ModelDescription model = Model();
        Limits limits = new() { Rows = 4, Sequences = 2, ContextTokens = 16, LogitRows = 2 };
        _domains = new(_memory, _host, model, limits, expertsPerRow: 3);
        BoundComponent<IAttention> attention = Put<IAttention>(Roles.Attention, device);
        BoundComponent<IRouter> router = Put<IRouter>(Roles.Router, device);
        BoundComponent<IExperts> experts = Put<IExperts>(Roles.Experts, device);
        BoundComponent<IHead> head = Put<IHead>(Roles.Head, device);
        LayerParts[] layers = [.. model.Layers.Select(layer => new LayerParts(attention, layer.Experts > 1 ? router : null, experts))];
        BoundComponent<ICachePolicy> cache = new(Role.Cache, "silent/cache", new Offer { RowInvariant = true }, new ToyCache(16, 16, ElementType.F32), _domains.Host);
        Pipeline = new Pipeline(new PipelineParts
        {
            Document = PipelineDocument.Default,
            File = GgufFile.Open(TestData.Path("stories260K/stories260K-f32.gguf")),
            Model = model,
            Limits = limits,
            Pool = new WorkerThreads(1),
            OwnsPool = true,
            Host = _host,
            Memory = _memory,
            Components = [.. new[] { Built(Roles.Head, head), Built(Roles.Attention, attention), Built(Roles.Router, router), Built(Roles.Experts, experts) }],
            Head = head,
            Cache = cache,
            Layers = [layers, layers],
            SplitsPhases = false,
            Pages = new PageBuilder(_memory, _host, model, limits, null).Build(cache, [layers, layers]),
            Domains = _domains,
            MarkFaulty = (plugin, reason) => MarkedFaulty.Add((plugin, reason)),
        });
    }

    public Pipeline Pipeline { get; }

    public Engine Engine => Pipeline.Engine;

    public List<(string Plugin, string Reason)> MarkedFaulty { get; } = [];

    /// <summary>The component of a role.</summary>
    public SilentComponent Silent(string role) => (SilentComponent)Pipeline.Parts.Components.Single(component => component.Role == role).Instance;

    /// <summary>One token, with its logits.</summary>
    public void Step(Sequence sequence)
    {
        Batch batch = Engine.NewBatch();
        batch.Add(sequence, [1], Phase.Decode, LogitRows.Last);
        Engine.Run(batch);
    }

    public void Dispose() => Pipeline.Dispose();

    private BoundComponent<T> Put<T>(string role, Func<string, IMemoryDomain?> device)
        where T : class, IComponent
    {
        SilentComponent component = new(device(role) ?? _host);
        return new(Role.Of(role), $"{role}-plugin/silent", new Offer { PageTypes = [ElementType.F32] }, (T)(object)component, _domains.Of(component, Role.Of(role)));
    }

    private static PipelineComponent Built<T>(string role, BoundComponent<T> bound)
        where T : IComponent => new()
        {
            Registered = new()
            {
                Role = role,
                Name = "silent",
                PluginId = $"{role}-plugin",
                PluginVersion = "1.0.0",
                Folder = "",
                Offer = bound.Offer,
                Options = null!,
                Create = (_, _) => bound.Component,
            },
            Options = new object(),
            Layers = [0, 1, 2],
            Phase = null,
            Weights = new ComponentWeights(new WeightCatalog([], "model"), bound.Domain.Memory),
            Memory = new MemoryAccount(),
            Workspaces = [],
            NativeBytes = 0,
            Instance = bound.Component,
        };

    private static ModelDescription Model() => new()
    {
        Architecture = "silent",
        HiddenWidth = 8,
        Vocabulary = 11,
        ContextTokens = 16,
        NormEpsilon = 1e-5f,
        Traits = FrozenDictionary<string, float>.Empty,
        Layers = [.. Enumerable.Range(0, 3).Select(layer => new LayerDescription
        {
            QueryHeads = 4,
            Kv = new() { Heads = 2, KeyWidth = 4, ValueWidth = 2 },
            Rope = null,
            Experts = layer == 0 ? 1 : 5,
            ExpertsUsed = 1,
            ExpertWidth = 8,
            Traits = new Dictionary<string, float> { [Trait.SharedExpert] = 8 }.ToFrozenDictionary(), // an empty plan is right then
        })],
    };
}
