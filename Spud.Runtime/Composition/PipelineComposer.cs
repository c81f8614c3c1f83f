using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Runtime.Execution;
using Spud.Runtime.Models;
using Spud.Runtime.Models.Families;
using Spud.Runtime.Plugins;

namespace Spud.Runtime.Composition;

/// <summary>Resolves a document once: model, components, memory. What comes out is frozen.</summary>
internal sealed class PipelineComposer : IDisposable
{
    private readonly PipelineOptions _options;
    private readonly GgufFile _file;
    private readonly Lazy<string> _hash;
    private readonly ModelDescription _model;
    private readonly WeightCatalog _weights;
    private readonly Limits _limits;
    private readonly WorkerThreads _pool;
    private readonly HostDomain _host = new();
    private readonly MemoryAccount _memory = new("pipeline");
    private readonly List<PipelineComponent> _built = [];
    private readonly Dictionary<IRouter, IRouter> _taps = [];
    private bool _finished;

    private PipelineComposer(PipelineDocument document, PipelineOptions options)
    {
        _options = options;
        _file = GgufFile.Open(document.Model ?? options.DefaultModel ?? throw new CompositionException("The pipeline names no model. Give it one: -m FILE.gguf, or \"model\" in pipeline.json."));
        _hash = new(() => ModelHash.Of(_file));
        try
        {
            (_model, _weights) = ModelReader.Read(_file);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        int context = document.ContextTokens ?? _model.ContextTokens;
        if (context > _model.ContextTokens)
            options.Log?.Invoke($"context of {context} tokens: the model was made for {_model.ContextTokens}, and may write nonsense beyond");

        _limits = new()
        {
            Rows = (int)Math.Min(options.Rows, (long)context * options.Sequences),
            Sequences = options.Sequences,
            ContextTokens = context,
            LogitRows = Math.Max(options.LogitRows, options.Sequences),
        };
        _pool = new WorkerThreads(options.Threads);
    }

    /// <summary>Composes a pipeline.</summary>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine do not go together.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has too little memory.</exception>
    public static Pipeline Compose(PipelineDocument document, PluginCatalog plugins, PipelineOptions options)
    {
        using PipelineComposer composer = new(document, options);
        return composer.Compose(document, plugins);
    }

    /// <summary>Frees what was made, unless a pipeline owns it now.</summary>
    public void Dispose()
    {
        if (_finished)
            return;

        _built.ForEach(component => component.Dispose());
        _memory.Dispose();
        _pool.Dispose();
        _file.Dispose();
    }

    private Pipeline Compose(PipelineDocument document, PluginCatalog plugins)
    {
        FrozenDictionary<string, ImmutableArray<ChosenComponent>> chosen = new ComponentChoice(document, plugins, _model).Choose();
        PipelineComponent head = Build(chosen[Roles.Head][0]);
        PipelineComponent?[] attentions = BuildAll(chosen[Roles.Attention]);
        PipelineComponent?[] routers = BuildAll(chosen[Roles.Router]);
        PipelineComponent?[] experts = BuildAll(chosen[Roles.Experts]);
        PipelineComponent cache = Build(chosen[Roles.Cache][0]);
        RequireUnderstood();

        LayerParts[][] parts = [.. Enum.GetValues<Phase>().Select(phase => Enumerable.Range(0, _model.Layers.Length).Select(layer => new LayerParts(
            At<IAttention>(chosen[Roles.Attention], attentions, layer, phase)!,
            Tapped(At<IRouter>(chosen[Roles.Router], routers, layer, phase)),
            At<IExperts>(chosen[Roles.Experts], experts, layer, phase)!)).ToArray())];
        bool splits = chosen.Values.Any(entries => entries.Any(entry => entry.Entry.Phase is not null));
        return Freeze(document, Placed<IHead>(head), Placed<ICachePolicy>(cache), parts, splits);
    }

    private Pipeline Freeze(PipelineDocument document, Placed<IHead> head, Placed<ICachePolicy> cache, LayerParts[][] parts, bool splits)
    {
        PageStore pages = new PageBuilder(_memory, _host, _model, _limits, _options.CacheTokens).Build(cache, parts);
        int expertsPerRow = parts.SelectMany(layers => layers).Max(layer => layer.Router?.Component.MaxExpertsPerRow ?? 0);
        StepBuffers buffers = new(_memory, _host, _model, _limits, expertsPerRow);
        ShareArena();
        _finished = true;
        return new Pipeline(new PipelineParts
        {
            Document = document,
            File = _file,
            Model = _model,
            Limits = _limits,
            Pool = _pool,
            Host = _host,
            Memory = _memory,
            Components = [.. _built],
            Head = head,
            Cache = cache,
            Layers = parts,
            SplitsPhases = splits,
            Pages = pages,
            Buffers = buffers,
        });
    }

    private PipelineComponent?[] BuildAll(ImmutableArray<ChosenComponent> chosen) =>
        [.. chosen.Select(component => component.Layers.IsEmpty ? null : Build(component))];

    private PipelineComponent Build(ChosenComponent chosen)
    {
        RegisteredComponent registered = chosen.Registered;
        ComponentWeights weights = new(_weights, _host);
        MemoryAccount memory = new($"{registered.Role} {registered.FullName}");
        BuildContext context = new()
        {
            Model = _model,
            Hash = _hash,
            Layers = chosen.Layers,
            Limits = _limits,
            Taken = weights,
            Pool = _pool,
            Host = _host,
            Memory = memory,
            Logger = line => _options.Log?.Invoke($"{registered.FullName}: {line}"),
        };
        try
        {
            PipelineComponent component = new()
            {
                Registered = registered,
                Options = chosen.Options,
                Layers = chosen.Layers,
                Phase = chosen.Entry.Phase,
                Weights = weights,
                Memory = memory,
                Instance = registered.Create(chosen.Options, context) ?? throw new InvalidOperationException("its factory made nothing"),
                Workspaces = context.Workspaces,
            };
            _built.Add(component);
            RequireHost(component);
            RequireRoutes(component);
            return component;
        }
        catch (Exception fault) when (fault is not CompositionException)
        {
            memory.Dispose();
            string what = fault is RefusedException or InsufficientMemoryException ? fault.Message : $"it threw {fault.GetType().Name}: {fault.Message}";
            throw new CompositionException($"{registered.Role} '{registered.FullName}' cannot serve {_file.Path}: {what}", fault);
        }
    }

    private static void RequireHost(PipelineComponent component)
    {
        if (component.Instance is IComponent { Domain: { IsHost: false } domain })
            throw new CompositionException($"{component.Role} '{component.Registered.FullName}' works in {domain.Name} memory; this version of Spud composes components in host memory only.");
    }

    private static void RequireRoutes(PipelineComponent component)
    {
        if (component.Instance is IRouter { MaxExpertsPerRow: < 1 and int most })
            throw new CompositionException($"{component.Role} '{component.Registered.FullName}' says that a row has at most {most} experts; expected at least 1.");
    }

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

    private static Placed<T>? At<T>(ImmutableArray<ChosenComponent> chosen, PipelineComponent?[] built, int layer, Phase phase)
        where T : class
    {
        for (int i = 0; i < built.Length; i++)
        {
            if (built[i] is { } component && chosen[i].Serves(layer, phase) && component.Layers.Contains(layer))
                return Placed<T>(component);
        }

        return null;
    }

    private Placed<IRouter>? Tapped(Placed<IRouter>? router)
    {
        if (router is null || _options.Tap is not { } make)
            return router;
        if (!_taps.TryGetValue(router.Component, out IRouter? tap))
            _taps[router.Component] = tap = make(router.Component, _model);

        return router with { Component = tap };
    }

    private static Placed<T> Placed<T>(PipelineComponent component)
        where T : class => new(component.Registered.FullName, component.Registered.Offer, (T)component.Instance);

    private void ShareArena()
    {
        // Components take turns: the arena is as large as the largest of them needs.
        long bytes = _built.Max(component => component.WorkspaceBytes);
        nint arena = bytes == 0 ? 0 : _memory.Allocate(_host, bytes);
        foreach (PipelineComponent component in _built)
        {
            nint address = arena;
            foreach (Workspace workspace in component.Workspaces)
            {
                workspace.Address = address;
                address += (nint)BuildContext.Aligned(workspace.Bytes);
            }
        }
    }
}
