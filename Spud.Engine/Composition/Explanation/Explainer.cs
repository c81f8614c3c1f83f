using System.Collections.Immutable;
using System.Text.Json;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models.Families;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>Derives the explanation of a composed pipeline from its parts.</summary>
internal sealed class Explainer(PipelineParts parts)
{
    private readonly ModelDescription _model = parts.Model;

    public PipelineExplanation Explain() => new()
    {
        Model = Model(),
        Limits = new(parts.Limits.Rows, parts.Limits.Sequences, parts.Limits.ContextTokens, parts.Limits.LogitRows),
        Pools = [.. parts.Components.GroupBy(component => component.Offer.NativeThreads ?? "managed").Select(Pool)],
        Steps = [.. Steps()],
        Components = [.. parts.Components.Select(Component)],
        Scheduler = Scheduler(),
        Drafter = parts.Drafter is { Registered: { } drafter } of ? Drafter(drafter, of) : null,
        Depth = parts.Depth is { Registered: { } depth } policy ? Depth(depth, policy) : null,
        Pages = [.. Alike(PagesKey).SelectMany(layers => Enumerable.Range(0, parts.Pages.Layers[layers[0]].Pools.Length).Select(pool => Pages(layers, pool)))],
        Memory = Memory(),
        Compute = Compute(),
    };

    private SchedulerExplanation Scheduler() => parts.Scheduler is { Registered: { } registered, Options: { } options }
        ? new(registered.Name, registered.PluginId, registered.PluginVersion, JsonSerializer.SerializeToElement(options, registered.Options))
        : new(parts.Scheduler.Name, null, null, JsonSerializer.SerializeToElement(new FifoOptions(), SchedulerJson.Default.FifoOptions));

    private static DrafterExplanation Drafter(RegisteredComponent drafter, TokenDrafter of) => new(
        drafter.Name, drafter.PluginId, drafter.PluginVersion, JsonSerializer.SerializeToElement(of.Options, drafter.Options), of.MaxTokens,
        of.Model is { } model ? new Explainer(model.Parts).DraftModel() : null)
    {
        Pack = of.Pack?.Path,
        OwnBytes = of.Memory?.HostBytes ?? 0,
    };

    private static DepthExplanation Depth(RegisteredComponent depth, LayerDepth policy) => new(
        depth.Name, depth.PluginId, depth.PluginVersion, JsonSerializer.SerializeToElement(policy.Options, depth.Options), LayerNumbers.Text(policy.LeftOut))
    {
        LeavesAfter = policy.Exits is { } exits ? LayerNumbers.Text([.. exits.Layers]) : null,
        Missing = policy.Exits?.Missing.ToString().ToLowerInvariant(),
        Pack = policy.Pack?.Path,
        OwnBytes = policy.Memory?.HostBytes ?? 0,
    };

    private DraftModelExplanation DraftModel()
    {
        (ModelExplanation model, MemoryExplanation memory) = (Model(), Memory());
        return new(model.Path, model.Parameters, model.FileBytes, parts.Limits.ContextTokens, memory.PrivateBytes - memory.Runtime - memory.Tokenizer, memory.MappedBytes);
    }

    private PoolExplanation Pool(IGrouping<string, PipelineComponent> users) =>
        new(users.Key, parts.Pool.Threads, [.. users.Select(component => $"{component.Role} {component.Registered.FullName}")]);

    private IEnumerable<StepExplanation> Steps() => parts.SplitsPhases
        ? Enum.GetValues<Phase>().Select(phase => StepExplainer.Explain(parts.PlanOf(phase), phase.ToString().ToLowerInvariant()))
        : [StepExplainer.Explain(parts.PlanOf(Phase.Decode), "both")];

    private ModelExplanation Model() => new()
    {
        Path = Path.GetFullPath(parts.File.Path),
        Name = parts.File.Metadata.TryGetString("general.name", out string? name) ? name : null,
        Architecture = _model.Architecture,
        Parameters = parts.File.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, static (product, axis) => product * axis)),
        FileBytes = parts.File.FileBytes,
        BytesByType = parts.File.Tensors.GroupBy(tensor => $"{tensor.Type}").ToImmutableSortedDictionary(group => group.Key, group => group.Sum(tensor => tensor.Bytes)),
        Layers = _model.Layers.Length,
        HiddenWidth = _model.HiddenWidth,
        Vocabulary = _model.Vocabulary,
        ContextTokens = _model.ContextTokens,
        Rope = Rope(),
        Traits = Sorted(_model.Traits),
        LayerShapes = [.. Alike(ShapeKey).Select(Shape)],
    };

    private RopeExplanation? Rope() => parts.Rope is { Kind: not RopeScalingKind.None } rope
        ? new($"{rope.Kind}".ToLowerInvariant(), rope.Factor, rope.OriginalTokens, rope.ReachTokens, parts.Document.Rope is null ? "file" : "pipeline")
        : null;

    private LayerShape Shape(int[] layers)
    {
        LayerDescription of = _model.Layers[layers[0]];
        return new()
        {
            Layers = LayerNumbers.Text(layers),
            QueryHeads = of.QueryHeads,
            KvHeads = of.Kv.Heads,
            KeyWidth = of.Kv.KeyWidth,
            ValueWidth = of.Kv.ValueWidth,
            Experts = of.Experts,
            ExpertsUsed = of.ExpertsUsed,
            ExpertWidth = of.ExpertWidth,
            Traits = Sorted(of.Traits),
        };
    }

    private string ShapeKey(int layer)
    {
        LayerDescription of = _model.Layers[layer];
        return $"{of.QueryHeads} {of.Kv.Heads} {of.Kv.KeyWidth} {of.Kv.ValueWidth} {of.Experts} {of.ExpertsUsed} {of.ExpertWidth} {string.Join(' ', Sorted(of.Traits))}";
    }

    private ComponentExplanation Component(PipelineComponent component) => new()
    {
        Role = component.Role,
        Name = component.Registered.Name,
        Plugin = component.Registered.PluginId,
        Version = component.Registered.PluginVersion,
        Folder = Path.GetFullPath(component.Registered.Folder),
        Layers = component.Layers.Length == _model.Layers.Length ? "all" : LayerNumbers.Text(component.Layers),
        Phase = component.Phase?.ToString().ToLowerInvariant() ?? "both",
        Options = JsonSerializer.SerializeToElement(component.Options, component.Registered.Options),
        RowInvariant = component.Offer.RowInvariant,
        ExpertsAtMost = component.Routing?.MaxExperts,
        ExpertsExpected = component.Routing?.ExpectedExperts,
        Domain = component.Instance is IComponent { Domain: var domain } ? domain.Name : parts.Host.Name,
        Within = component.Outer?.Registered.FullName,
        Pack = component.Pack?.Path,
        Folds = [.. component.Decorators.Select(static decorator => new DecoratorExplanation(decorator.Registered.FullName, JsonSerializer.Deserialize(decorator.Options, SpecJson.Default.JsonElement)))],
        Weights = component.TakenWeights.Count(),
        MappedBytes = component.Weights.MappedBytes + (component.Pack?.MappedBytes ?? 0),
        OwnBytes = component.Memory.Bytes,
        NativeBytes = component.NativeBytes,
        WorkspaceBytes = component.WorkspaceBytes,
    };

    private PagesExplanation Pages(int[] layers, int pool)
    {
        PoolPages of = parts.Pages.Layers[layers[0]].Pools[pool];
        int shards = parts.Pages.Layers[layers[0]].ShardCount;
        return new()
        {
            Layers = LayerNumbers.Text(layers),
            Pool = pool / shards,
            Shard = parts.Pages.Layers[layers[0]].Shards is null ? null : pool % shards,
            Domain = of.Domain.Name,
            PerHead = of.Layout.PerHead,
            PageTokens = of.PageTokens,
            Keys = $"{of.Pool.Keys.Type}",
            Values = $"{of.Pool.Values.Type}",
            Pages = of.Pool.Keys.Shape[0],
            ReviewTokens = parts.Pages.Layers[layers[0]].BorderTokens,
            TokensAtMost = of.Layout.KeysAtMost / of.Tables,
            BytesPerTokenAndLayer = of.BytesPerKey * of.Tables,
            TotalBytes = layers.Sum(layer => parts.Pages.Layers[layer].Pools[pool].Bytes),
        };
    }

    private string PagesKey(int layer) => string.Join(';', parts.Pages.Layers[layer].Pools.Select(of =>
        $"{of.PageTokens} {of.Pool.Keys.Type} {of.Pool.Values.Type} {of.Pool.Keys.Shape[0]} {of.Layout.KeysAtMost} {of.BytesPerKey} {of.Tables} {parts.Pages.Layers[layer].BorderTokens}"));

    private MemoryExplanation Memory()
    {
        MemoryExplanation memory = new()
        {
            Components = parts.Components.Sum(component => component.Memory.HostBytes),
            Native = parts.Components.Sum(component => component.NativeBytes),
            Arena = parts.Components.Max(component => component.WorkspaceBytesIn(parts.Host)),
            Pages = parts.Pages.Layers.Sum(layer => layer.HostBytes) + parts.Pages.TableBytes + parts.States.Bytes,
            StepBuffers = parts.Domains.HostBytes + (parts.Exits?.Bytes ?? 0),
            Batch = BatchBuffers.BytesOf(parts.Limits, _model.Vocabulary),
            Runtime = RuntimeMemory.Base + parts.Pool.Threads * RuntimeMemory.PerThread,
            Tokenizer = _model.Vocabulary * RuntimeMemory.PerToken,
            Drafter = (parts.Drafter?.Memory?.HostBytes ?? 0) + (parts.Drafter?.Model is { } draft ? new Explainer(draft.Parts).DraftModel().PrivateBytes : 0),
            Depth = parts.Depth?.Memory?.HostBytes ?? 0,
            PrivateBytes = 0,
            Devices = parts.Components.Select(component => component.Memory).Append(parts.Memory).SelectMany(memory => memory.OnDevices)
                .GroupBy(block => block.Domain).ToImmutableSortedDictionary(domain => domain.Key, domain => domain.Sum(block => block.Bytes)),
            MappedBytes = parts.Components.SelectMany(component => component.Weights.Mapped).DistinctBy(weight => weight.Name).Sum(weight => weight.Bytes),
        };
        return memory with
        {
            PrivateBytes = memory.Components + memory.Native + memory.Arena + memory.Pages + memory.StepBuffers + memory.Batch + memory.Runtime + memory.Tokenizer + memory.Drafter + memory.Depth,
        };
    }

    private ComputeExplanation Compute()
    {
        TokenCosts costs = new(parts);
        int last = parts.Limits.ContextTokens - 1;
        return new()
        {
            DecodeAtStart = costs.Of(Phase.Decode, 0, logits: true),
            DecodeAtFullContext = costs.Of(Phase.Decode, last, logits: true),
            PrefillAtStart = costs.Of(Phase.Prefill, 0, logits: false),
            PrefillAtFullContext = costs.Of(Phase.Prefill, last, logits: false),
        };
    }

    private IEnumerable<int[]> Alike(Func<int, string> key) => Enumerable.Range(0, _model.Layers.Length).GroupBy(key).Select(group => group.ToArray());

    private static ImmutableSortedDictionary<string, float> Sorted(IEnumerable<KeyValuePair<string, float>> traits) => traits.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
