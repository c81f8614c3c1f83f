using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Models.Families;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>Resolves a document once: model, components, memory. The result is immutable.</summary>
internal sealed class PipelineComposer : IDisposable
{
    // Drafted tokens of all sequences of a step: each has logits, V numbers.
    private const int MaxDraftRows = 64;

    private readonly PipelineOptions _options;
    private readonly GgufFile _file;
    private readonly Lazy<string> _hash;
    private readonly ModelDescription _model;
    private readonly RopeScaling _rope;
    private readonly WeightCatalog _weights;
    private readonly Limits _limits;
    private readonly WorkerThreads _pool;
    private readonly bool _ownsPool;
    private readonly HostDomain _host;
    private readonly Takeover? _takeover;
    private readonly MemoryAccount _memory = new();
    private readonly ComponentBuilder _builder;
    private LayerDepth? _depth;
    private bool _finished, _laid;

    private PipelineComposer(PipelineDocument document, PluginCatalog plugins, PipelineOptions options, WorkerThreads? workers, PipelineParts? former)
    {
        _options = options;
        string file = document.Model ?? options.DefaultModel ?? throw new CompositionException("The pipeline names no model. Give it one: -m FILE.gguf, or \"model\" in pipeline.json.");
        _takeover = Takeover.From(former, file, document.Rope, workers, options);
        _host = _takeover?.Former.Host ?? new();
        _file = _takeover?.Former.File.Share() ?? GgufFile.Open(file);
        _hash = _takeover?.Former.Hash ?? new(() => ModelHash.Of(_file));
        try
        {
            RopeScaling? rope = document.RopeOf(_file);
            _rope = rope ?? RopeScaling.Of(_file);
            (_model, _weights) = _takeover is { Former: { Weights: { } weights } known } ? (known.Model, weights.Anew()) : ModelReader.Read(_file, rope);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        int reach = document.Rope is null ? _model.ContextTokens : _rope.ReachTokens, context = document.ContextTokens ?? reach;
        if (context > Math.Max(reach, _model.ContextTokens))
            options.Log?.Invoke($"context of {context} tokens: the model was trained for {_model.ContextTokens}{(document.Rope is null ? "" : $", which 'rope' extends to {reach}")}; output beyond that length may be unreliable");

        int rows = (int)Math.Min(options.Rows, (long)context * options.Sequences), stepSequences = Math.Min(options.StepSequences ?? options.Sequences, options.Sequences);
        int drafted = ChosenDrafter.IsNamed(document.Drafter) ? Math.Min(Draft.MaxTokensOfAny * stepSequences, MaxDraftRows) : 0;
        _limits = new()
        {
            Rows = rows,
            Sequences = options.Sequences,
            StepSequences = stepSequences,
            ContextTokens = context,
            LogitRows = Math.Max(Math.Max(options.LogitRows, stepSequences), Math.Min(rows, drafted == 0 ? 0 : stepSequences + drafted)),
        };
        (_pool, _ownsPool) = (workers ?? new WorkerThreads(options.Threads), workers is null);
        _builder = new ComponentBuilder
        {
            File = _file,
            Hash = _hash,
            Model = _model,
            Weights = _weights,
            Limits = _limits,
            Pool = _pool,
            Host = _host,
            Plugins = plugins,
            Takeover = _takeover,
            Log = options.Log,
        };
    }

    /// <summary>Composes a pipeline.</summary>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine are incompatible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has too little memory.</exception>
    public static Pipeline Compose(PipelineDocument document, PluginCatalog plugins, PipelineOptions options, WorkerThreads? workers, PipelineParts? former = null)
    {
        using PipelineComposer composer = Open(document, plugins, options, workers, former);
        return composer.Compose(document, plugins);
    }

    /// <summary>What a pipeline will need. Its cache is built, nothing else.</summary>
    /// <inheritdoc cref="Compose(PipelineDocument, PluginCatalog, PipelineOptions, WorkerThreads, PipelineParts)"/>
    public static MemoryForecast Forecast(PipelineDocument document, PluginCatalog plugins, PipelineOptions options)
    {
        using PipelineComposer composer = Open(document, plugins, options with { Threads = 1, Log = null }, null, null);
        return composer.Forecast(document, plugins);
    }

    private static PipelineComposer Open(PipelineDocument document, PluginCatalog plugins, PipelineOptions options, WorkerThreads? workers, PipelineParts? former)
    {
        try
        {
            return new(document, plugins, options, workers, former);
        }
        catch (Exception fault) when (!document.Faults.IsEmpty && fault is ModelFileException or CompositionException)
        {
            throw new ConfigurationException([.. document.Faults, new Fault(new Origin("model"), fault.Message)]);
        }
    }

    /// <summary>Frees what was created, unless a pipeline owns it now.</summary>
    public void Dispose()
    {
        if (_finished)
            return;

        List<ComponentException> faults = [];
        foreach (PipelineComponent component in _builder.Built)
            component.Dispose(faults);

        _depth?.Dispose();
        if (_laid)
            _takeover!.Former.LayWorkspaces();
        _memory.Dispose();
        if (_ownsPool)
            _pool.Dispose();
        _file.Dispose();

        // The exception that ended composition is already propagating; these would hide it.
        faults.ForEach(fault => _options.Log?.Invoke(fault.Message));
    }

    private Pipeline Compose(PipelineDocument document, PluginCatalog plugins)
    {
        ComponentChoice choice = new(document, plugins, _model);
        FrozenDictionary<string, ImmutableArray<ChosenComponent>> chosen = choice.Choose();
        _takeover?.ExpectCache(chosen[Roles.Cache][0], _limits);
        Dictionary<Role, PipelineComponent?[]> built = Role.All.OrderBy(role => role.IsPolicy).ToDictionary(role => role, role => BuildAll(chosen[role.Name]));
        RequireUnderstood();

        StepDomains domains = new(_memory, _host, _model, _limits, built[Role.Router].Max(router => router?.Routing!.MaxExperts ?? 0));
        LayerComposer layers = new(chosen, built, domains, _model.Layers.Length, _takeover);
        BoundComponent<ICachePolicy> cache = layers.Whole<ICachePolicy>();
        CacheLayout[] layouts = [.. Enumerable.Range(0, _model.Layers.Length).Select(layer => LayoutCheck.LayoutOf(cache, layer))];
        bool splits = chosen.Values.Any(entries => entries.Any(entry => entry.Entry.Phase is not null));
        _depth = _options.DepthProbe is { } probe ? DepthOf(probe(_model)) : choice.Depth?.Create(_builder);
        (JobScheduler Scheduler, TokenDrafter? Drafter) loop = (choice.Scheduler!.Create(_options.Log), choice.Drafter?.Create(_builder, new(_file, _limits, _options, _pool, plugins)));
        try
        {
            BoundComponent<IHead> head = layers.Whole<IHead>();
            if (loop.Drafter is not null)
                WarnOfCompany(loop.Drafter, chosen);
            if (loop.Drafter is { ReadsHidden: true } && head.Component is not IFinalNorm)
                throw new CompositionException($"drafter '{loop.Drafter.Name}' reads rows after the final norm, and head '{head.Name}' does not provide them. Use another head or another drafter.");
            return Freeze(document, plugins, loop, domains, head, cache, layouts, layers.Compose(layouts), splits);
        }
        catch
        {
            loop.Drafter?.Dispose();
            throw;
        }
    }

    private MemoryForecast Forecast(PipelineDocument document, PluginCatalog plugins)
    {
        ChosenComponent chosen = new ComponentChoice(document, plugins, _model).Choose()[Roles.Cache][0];
        PipelineComponent built = _builder.Build(chosen);
        StepDomains domains = new(_memory, _host, _model, _limits, _model.Layers.Max(static layer => layer.ExpertsUsed));
        BoundComponent<ICachePolicy> cache = new(Role.Cache, built.Registered.FullName, built.Offer, (ICachePolicy)built.Instance, domains.Host);
        PoolBuilder pools = new(_memory, _host, _model, _limits, _options.CacheTokens) { FullSequences = _options.FullSequences };

        // An embedding that is the output matrix as well is kept twice: as the file stores it, to look rows up, and packed for products.
        long twice = _model.Traits.ContainsKey(Trait.TiedHead) && _file.TryGetTensor("token_embd.weight", out GgufTensor? embedding) ? embedding.Bytes : 0;
        return new(
            _file.Tensors.Sum(static tensor => tensor.Bytes) + twice,
            Enumerable.Range(0, _model.Layers.Length).Sum(layer => pools.BytesOf(cache.Offer, layer, LayoutCheck.LayoutOf(cache, layer))),
            built.Memory.HostBytes + domains.HostBytes + BatchBuffers.BytesOf(_limits, _model.Vocabulary) + _model.Vocabulary * RuntimeMemory.PerToken);
    }

    private Pipeline Freeze(PipelineDocument document, PluginCatalog plugins, (JobScheduler Scheduler, TokenDrafter? Drafter) loop, StepDomains domains, BoundComponent<IHead> head, BoundComponent<ICachePolicy> cache, CacheLayout[] layouts, LayerParts[][] parts, bool splits)
    {
        ImmutableArray<int> leftOut = _depth?.LeftOut ?? [];
        SequenceStates states = new(_memory, _host, _limits, _builder.Built, leftOut);
        PageStore pages = new PageBuilder(_memory, _host, _model, _limits, _options.CacheTokens)
        {
            PerHeadAttentions = plugins.Registered.Where(static component => component.Role == Roles.Attention && component.Offer.FoldsPerHead).Select(static component => component.FullName),
            FullSequences = _options.FullSequences,
            LeftOut = leftOut,
            Former = _takeover?.Former.Pages,
        }.Build(cache, layouts, parts, states.BorderTokens);
        TextRoom room = new(_model, pages, _limits.ContextTokens, _options.Memory ?? MachineMemory.Here());
        room.RequireContext(document.ContextTokens is not null, _options.Log);
        StepExits? stepExits = null;
        if (_depth?.Exits is { } exits)
        {
            new ExitCheck(_depth, exits, _model.Layers.Length).Require(head, parts, pages, states, loop.Drafter);
            stepExits = new(_memory, domains.Host, exits, _model.HiddenWidth, _limits);
            for (int layer = exits.Layers[0] + 1; exits.Missing == MissingKeys.Hole && layer < _model.Layers.Length; layer++)
                pages.Layers[layer].AllowHoles();
        }

        new Observers(_memory, domains, _model, _limits, _pool).Attach(cache, layouts, parts[(int)Phase.Prefill], states, pages);
        PipelineParts all = new()
        {
            TokenGap = _options.TokenGap,
            KeptTokens = _options.KeptTokens ?? 0,
            Swap = _options.SwapFolder is { } folder ? new(folder, _options.Log) : null,
            Weights = _weights,
            Hash = _hash,
            Arenas = [.. Arenas()],
            TakenOver = [.. _takeover?.Taken ?? []],
            Document = document,
            File = _file,
            Model = _model,
            Rope = _rope,
            Limits = _limits,
            Pool = _pool,
            OwnsPool = _ownsPool,
            Host = _host,
            Memory = _memory,
            Components = [.. _builder.Built],
            Head = head,
            Cache = cache,
            Layers = parts,
            SplitsPhases = splits,
            Pages = pages,
            States = states,
            Domains = domains,
            Scheduler = loop.Scheduler,
            Drafter = loop.Drafter,
            Depth = _depth,
            Exits = stepExits,
            MarkFaulty = plugins.MarkFaulty,
        };
        _laid = _takeover is not null;
        all.LayWorkspaces();
        Pipeline pipeline = new(all) { Room = room };
        _finished = true;
        return pipeline;
    }

    // Verified rows are computed in the company of others.
    private void WarnOfCompany(TokenDrafter drafter, FrozenDictionary<string, ImmutableArray<ChosenComponent>> chosen)
    {
        string[] variant = [.. chosen.Where(static role => role.Key != Roles.Cache).SelectMany(static role => role.Value).Where(static component => !component.Offer.RowInvariant).Select(static component => $"{component.Registered.Role} '{component.Registered.FullName}'").Distinct()];
        if (variant.Length > 0)
            _options.Log?.Invoke($"drafter '{drafter.Name}': the text may differ from the one without a drafter, because results for a row may depend on other rows of the step in {string.Join(", ", variant)}");
    }

    private PipelineComponent?[] BuildAll(ImmutableArray<ChosenComponent> chosen) =>
        [.. chosen.Select(component => component.Layers.IsEmpty && Role.Of(component.Registered.Role).DiffersByLayer ? null : Probed(_builder.Build(component)))];

    private void RequireUnderstood()
    {
        string[] untaken = [.. _weights.Untaken.Select(entry => entry.FileName)];
        if (untaken.Length > 0)
        {
            throw new CompositionException(
                $"{_file.Path}: no component of this pipeline uses {string.Join(", ", untaken.Take(8))}{(untaken.Length > 8 ? $" and {untaken.Length - 8} more tensors" : "")}; "
                + "the model would be computed wrongly. Use a model of a known kind, or components that know it.");
        }
    }

    private PipelineComponent Probed(PipelineComponent component)
    {
        if (component.Instance is IRouter router && _options.RoutingProbe is { } probe)
            component.Called = probe(router, _model);
        if (component.Instance is ICachePolicy cache && _options.CacheProbe is { } cacheProbe)
            component.Called = cacheProbe(cache, _model, _limits);

        return component;
    }

    private LayerDepth DepthOf(ILeavesEarly probe)
    {
        ImmutableArray<int> layers = [.. Enumerable.Range(0, _model.Layers.Length).Where(probe.MayLeaveAfter)];
        return new(null, "probe", []) { Exits = new(probe, layers, _limits.Sequences) { Missing = probe.Missing, LeaveCost = probe.LeaveCost, FinishCost = probe.FinishCost } };
    }

    // Components take turns: a domain's arena is as large as the largest of them needs, including its inner components.
    private IEnumerable<(IMemoryDomain Domain, nint Address)> Arenas()
    {
        PipelineComponent[] outermost = [.. _builder.Built.Where(component => component.Outer is null)];
        foreach (IMemoryDomain domain in _builder.Built.SelectMany(component => component.Workspaces).Select(workspace => workspace.Domain).Distinct())
            yield return (domain, _memory.Allocate(domain, Math.Max(1, outermost.Max(component => component.WorkspaceBytesIn(domain)))));
    }
}
