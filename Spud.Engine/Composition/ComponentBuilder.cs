using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Models.Messages;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>Builds components and the ones they are built on; the results belong to the pipeline.</summary>
internal sealed class ComponentBuilder
{
    private readonly List<PipelineComponent> _built = [];

    public required GgufFile File { get; init; }

    public required Lazy<string> Hash { get; init; }

    public required ModelDescription Model { get; init; }

    public required WeightCatalog Weights { get; init; }

    public required Limits Limits { get; init; }

    public required WorkerPool Pool { get; init; }

    public required HostDomain Host { get; init; }

    public required PluginCatalog Plugins { get; init; }

    public required Action<string>? Log { get; init; }

    /// <summary>Takeover from the pipeline that this one replaces; null if none.</summary>
    public Takeover? Takeover { get; init; }

    /// <summary>All built components; a component precedes those it is built on, so that it is disposed first.</summary>
    public IReadOnlyList<PipelineComponent> Built => _built;

    /// <exception cref="CompositionException">The component refused, or its plugin is faulty.</exception>
    public PipelineComponent Build(ChosenComponent chosen)
    {
        if (Takeover?.Take(chosen, Limits, Weights) is not [{ } taken, ..] all)
            return Build(chosen, depth: 0);

        _built.AddRange(all);
        return taken;
    }

    private PipelineComponent Build(ChosenComponent chosen, int depth)
    {
        RegisteredComponent registered = chosen.Registered;
        int place = _built.Count;
        List<PipelineComponent> inner = [];
        MemoryAccount memory = new();
        IDisposable? instance = null;
        PackFile? pack = null;
        BuildContext? built = null;
        try
        {
            pack = OpenPack(chosen.Entry.Pack);
            BuildContext context = built = ContextOf(registered, chosen.Layers, pack, memory, spec =>
            {
                inner.Add(Build(ComponentBinder.Inner(chosen, spec, Plugins, Model, depth + 1), depth + 1));
                return inner[^1].Instance;
            });
            instance = registered.Create(chosen.Options, context) ?? throw new InvalidOperationException("its factory returned null");
            PipelineComponent component = new()
            {
                Registered = registered,
                Offer = chosen.Offer,
                Options = chosen.Options,
                Layers = chosen.Layers,
                Phase = chosen.Entry.Phase,
                Weights = context.Taken,
                Memory = memory,
                Instance = instance,
                Inner = inner,
                Pack = context.PackFile,
                Figures = context.Figures,
                Routing = instance is IRouter router ? RouterFacts.Of(registered, router, Model, chosen.Layers) : null,
                Workspaces = context.Workspaces,
                NativeBytes = context.NativeBytes,
                Context = context,
            };
            Require(component, context);
            inner.ForEach(one => one.Outer = component);
            _built.Insert(place, component);
            return component;
        }
        catch (Exception fault)
        {
            Discard(registered, instance, memory, built?.PackFile ?? pack);
            if (fault is CompositionException)
                throw;

            string what = fault is RefusedException or InsufficientMemoryException or ModelFileException ? ThrownText.Of(fault) : $"it threw {PluginException.Describe(fault)}";
            throw new CompositionException($"{registered.Role} '{registered.FullName}' cannot serve {File.Path}: {what}", fault);
        }
    }

    /// <summary>What the factory of a drafter or depth policy gets: it serves no layers.</summary>
    /// <param name="beside">The drafter or depth policy.</param>
    /// <param name="pack">Path of its pack; null to look for one next to the model.</param>
    /// <param name="memory">Counts its memory.</param>
    /// <exception cref="CompositionException">The pack cannot be read, or was made for another model.</exception>
    public BuildContext ContextOf(RegisteredComponent beside, string? pack, MemoryAccount memory) => ContextOf(
        beside, [], beside.Ask("its pack", () => Refused(() => OpenPack(pack))), memory, _ => throw new RefusedException($"a {beside.Role} cannot be built on components"), runsInSteps: false);

    private BuildContext ContextOf(RegisteredComponent registered, ImmutableArray<int> layers, PackFile? pack, MemoryAccount memory, Func<ComponentSpec, IDisposable> inside, bool runsInSteps = true) => new()
    {
        Model = Model,
        Hash = Hash,
        Layers = layers,
        Limits = Limits,
        Taken = new ComponentWeights(Weights, Host),
        Pool = Pool,
        Host = Host,
        Memory = memory,
        PackFile = pack,
        FindPack = () => Refused(() => PackBesideModel(registered)),
        Inside = inside,
        RunsInSteps = runsInSteps,
        Logger = line => Log?.Invoke($"{registered.FullName}: {line}"),
    };

    private PackFile? OpenPack(string? path) => path is null ? null : PackFile.Open(path, Hash.Value, Host);

    // Plugin code asks for it, and is not at fault.
    private static PackFile? Refused(Func<PackFile?> open)
    {
        try
        {
            return open();
        }
        catch (ModelFileException fault)
        {
            throw new RefusedException(fault.Message);
        }
    }

    private PackFile? PackBesideModel(RegisteredComponent registered)
    {
        string path = PackFile.BesideModel(File.Path, registered.Name);
        if (!System.IO.File.Exists(path))
            return null;

        try
        {
            return PackFile.Open(path, Hash.Value, Host);
        }
        catch (ModelFileException fault)
        {
            throw new ModelFileException($"{fault.Message} It was found with the model. Remove it, or name another one with 'pack'.", fault);
        }
    }

    private static void Require(PipelineComponent component, BuildContext context)
    {
        RegisteredComponent registered = component.Registered;
        string name = $"{registered.Role} '{registered.FullName}'";
        if (component.Instance is IComponent instance && registered.Ask<IMemoryDomain?>(nameof(instance.Domain), () => instance.Domain) is null)
            throw new CompositionException($"{name}: Domain is null, expected the memory domain that it works in. This is a fault of the plugin.");
        if (component.Inner.FirstOrDefault(inner => inner.Offer.NativeThreads is not null && component.Offer.NativeThreads is null) is { } native)
            throw new CompositionException($"{name} is built on {native.Registered.FullName}, which computes on the threads of {native.Offer.NativeThreads}, and its own offer does not say so. This is a fault of the plugin.");
        if (component.Instance is not IKeepsSequenceState && component.Inner.FirstOrDefault(static inner => inner.Instance is IKeepsSequenceState) is { } keeper)
        {
            throw new CompositionException(
                $"{name} is built on {keeper.Registered.FullName}, which keeps state of sequences, and does not pass it on (IKeepsSequenceState). "
                + $"Name {keeper.Registered.FullName} in its place, or a component that does.");
        }
        RequireRead(component.Pack, context, name);
    }

    /// <exception cref="CompositionException">A pack was given and not read, or not all of it.</exception>
    public static void RequireRead(PackFile? pack, BuildContext context, string name)
    {
        if (pack is null)
            return;
        if (!context.ReadPack)
            throw new CompositionException($"{name} does not use a pack: remove 'pack' ({pack.Path}).");
        if (pack.Untaken is [_, ..] untaken)
            throw new CompositionException($"{name} does not use {string.Join(", ", untaken.Take(8))} of {pack.Path}: the pack was made for another component or version. Name the pack that it was made with.");
    }

    // The fault that ends the build is the one to report; exceptions from Dispose are only logged.
    private void Discard(RegisteredComponent registered, IDisposable? instance, MemoryAccount memory, PackFile? pack)
    {
        try
        {
            instance?.Dispose();
        }
        catch (Exception fault)
        {
            Log?.Invoke($"{registered.FullName}: Dispose threw {PluginException.Describe(fault)}");
        }

        memory.Dispose();
        pack?.Dispose();
    }
}
