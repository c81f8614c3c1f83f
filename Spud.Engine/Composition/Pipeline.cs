using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// One component per role, layer and phase, a model and all memory: resolved once, then immutable. Dispose it when its engine is no longer used.
/// </summary>
public sealed class Pipeline : IDisposable
{
    private bool _isDisposed;

    internal Pipeline(PipelineParts parts)
    {
        Parts = parts;
        Engine = new(parts, Lose);
    }

    /// <summary>Runs the pipeline's steps.</summary>
    public Engine Engine { get; }

    /// <summary>The model.</summary>
    public ModelDescription Model => Parts.Model;

    /// <summary>The largest step.</summary>
    public Limits Limits => Parts.Limits;

    /// <summary>The pipeline's threads, for work between its steps.</summary>
    public WorkerPool Workers => Parts.Pool;

    /// <summary>The model's file.</summary>
    public GgufFile File => Parts.File;

    /// <summary>Whether a drafter proposes tokens.</summary>
    public bool Drafts => Parts.Drafter is not null;

    /// <summary>Default cost limit of a request; null for no limit.</summary>
    public Budget? Budget => Parts.Document.ComputeUnits is { } units ? Budget.OfCompute(units) : null;

    /// <summary>Default effort of a request, 0 .. 1.</summary>
    public float Effort => Parts.Document.Effort;

    /// <summary>What the lengths of a request's drafts are chosen for by default.</summary>
    public DraftPreference Prefer => Parts.Document.Prefer;

    /// <summary>Whether texts fit the machine's memory; null if the parts were assembled without a composer.</summary>
    internal TextRoom? Room { get; init; }

    /// <summary>"role name" of the components taken over unchanged from the previous pipeline.</summary>
    public IReadOnlyList<string> TakenOver => [.. Parts.TakenOver.Select(component => $"{component.Role} {component.Registered.Name}")];

    internal PipelineParts Parts { get; }

    /// <summary>Composes a pipeline.</summary>
    /// <param name="document">The pipeline document.</param>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="options">Settings of the host.</param>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">Components, model and machine are incompatible.</exception>
    /// <exception cref="InsufficientMemoryException">The machine has too little memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="options"/> is below 1.</exception>
    /// <exception cref="ServedException">This process served another one, and nothing is left to do.</exception>
    public static Pipeline Compose(PipelineDocument document, PluginCatalog plugins, PipelineOptions options) => Compose(document, plugins, options, null);

    /// <summary>Composes a pipeline on the caller's threads, or on its own if null.</summary>
    /// <param name="document">The pipeline document.</param>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="options">Settings of the host.</param>
    /// <param name="workers">The caller's threads; null to create threads.</param>
    /// <param name="former">A pipeline on the same threads that this one replaces; it may only be disposed afterwards.</param>
    internal static Pipeline Compose(PipelineDocument document, PluginCatalog plugins, PipelineOptions options, WorkerThreads? workers, Pipeline? former = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(plugins);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        using SingleUser.Turn turn = former is null ? default : former.Engine.TakeTurn();

        // Both may hold the same pools, and a pipeline gives up the kept texts of its own engine alone.
        former?.Engine.Kept.Clear();
        HeldLog log = new(options.Log);
        try
        {
            Pipeline pipeline = PipelineComposer.Compose(document, plugins, options with { Log = log.Write }, workers, former is { Engine.IsLost: false } ? former.Parts : null);
            pipeline.ServeAnother();
            log.Release();
            return pipeline;
        }
        catch (Exception fault) when (fault is not ServedException)
        {
            log.Release();
            if (fault is DeviceLostException)
                throw new CompositionException(fault.Message, fault);

            throw;
        }
    }

    /// <summary>If a fold tells that this process serves another one, serves it until it ends, and disposes the pipeline.</summary>
    /// <exception cref="ServedException">It was so.</exception>
    private void ServeAnother()
    {
        IServesProgram? server = Parts.Components.SelectMany(static component => component.Folds).OfType<IServesProgram>().FirstOrDefault(static fold => fold.IsServer);
        if (server is null)
            return;

        using (this)
            server.Serve();

        throw new ServedException();
    }

    /// <summary>What the keys and values of its texts depend on.</summary>
    /// <param name="effort">The effort with which texts are read; null for the pipeline's.</param>
    public KeyIdentity KeysAt(float? effort = null) => KeyIdentity.Of(Parts, effort ?? Effort);

    /// <summary>Whether keys and values depend on the effort.</summary>
    public bool KeysDependOnEffort => KeyIdentity.DependsOnEffort(Parts);

    /// <summary>The default component of a role; null if none of these plugins offers it.</summary>
    public static string? DefaultComponent(string role, PluginCatalog plugins) => ComponentChoice.DefaultOf(role, plugins);

    /// <summary>Handles a lost device: the plugins that use it are marked as faulty.</summary>
    /// <param name="domain">The device's domain; the host's if a component works in host memory and uses a device internally.</param>
    /// <param name="fault">The exception, with the component that was running.</param>
    private void Lose(IMemoryDomain domain, ComponentException fault)
    {
        IEnumerable<PipelineComponent> users = domain.IsHost
            ? Parts.Components.Where(component => component.Role == fault.Role && component.Registered.FullName == fault.Component)
            : Parts.Components.Where(component => component.Instance is IComponent of && of.Domain == domain);
        string device = domain.IsHost ? "its device" : $"its device {domain.Name}";
        foreach (string plugin in users.Select(component => component.Registered.PluginId).Distinct())
            Parts.MarkFaulty(plugin, $"{device} is lost, and with it this process's use of it: {fault.Message}");
    }

    /// <summary>Frees components, memory, threads and the model's mapping; if a component throws, the others are still freed.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running a step.</exception>
    /// <exception cref="ComponentException">A component threw; everything else was freed.</exception>
    /// <exception cref="AggregateException">Several components threw; contains one <see cref="ComponentException"/> each.</exception>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        using SingleUser.Turn turn = Engine.TakeTurn();
        _isDisposed = true;
        Engine.Close();
        List<ComponentException> faults = [];
        foreach (PipelineComponent component in Parts.Components)
            component.Dispose(faults);

        Dispose(Parts.Scheduler, Roles.Scheduler, Parts.Scheduler.Name, faults);
        Dispose(Parts.Drafter, Roles.Drafter, Parts.Drafter?.Name, faults);
        Dispose(Parts.Depth, Roles.Depth, Parts.Depth?.Name, faults);
        Parts.Swap?.Dispose();
        Parts.Memory.Dispose();
        if (Parts.OwnsPool)
            Parts.Pool.Dispose();
        Parts.File.Dispose();
        if (faults.Count == 1)
            throw faults[0];
        if (faults.Count > 1)
            throw new AggregateException(string.Join('\n', faults.Select(fault => fault.Message)), faults);
    }

    private static void Dispose(IDisposable? ofLoop, string role, string? name, List<ComponentException> faults)
    {
        try
        {
            ofLoop?.Dispose();
        }
        catch (Exception thrown)
        {
            faults.Add(new ComponentException(role, name!, layer: null, new InvalidOperationException($"its Dispose threw {PluginException.Describe(thrown)}", thrown)));
        }
    }
}
