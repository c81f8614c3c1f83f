using Spud.Configuration;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Compiles a pipeline into the operations of a step: the diagram of the README in code. The residual stream and the plans are copied to
/// the domain of the next component, never twice to the same domain; in a pipeline with one domain nothing is copied.
/// </summary>
internal sealed class StepCompiler
{
    private readonly PipelineParts _pipeline;
    private readonly StepDomains _domains;
    private readonly StepDomain _host;
    private readonly List<Operation> _operations = [];
    private readonly List<Operation> _checks = [];
    private readonly HashSet<StepDomain> _holders = [];
    private BoundComponent _writer;

    private StepCompiler(PipelineParts pipeline) =>
        (_pipeline, _domains, _host, _writer) = (pipeline, pipeline.Domains, pipeline.Domains.Host, pipeline.Head);

    private int NoLayer => _pipeline.Model.Layers.Length;

    /// <summary>Compiles one plan per phase; both are the same if the pipeline does not split phases.</summary>
    public static StepPlan[] Compile(PipelineParts pipeline)
    {
        StepPlan prefill = new StepCompiler(pipeline).Compile(Phase.Prefill);
        return [prefill, pipeline.SplitsPhases ? new StepCompiler(pipeline).Compile(Phase.Decode) : prefill];
    }

    /// <summary>Compiles the operations after a step whose rows are read after the final norm: the residual stream is already in the head's domain.</summary>
    public static StepPlan CompileNorm(PipelineParts pipeline)
    {
        (BoundComponent<IHead> head, int slot) = (pipeline.Head, PipelineCosts.SlotOf(pipeline.Model.Layers.Length, Role.Head));
        NormaliseOperation norm = new(head, (IFinalNorm)head.Component, pipeline.Limits.Rows, slot) { State = pipeline.States.Of(Role.Head, 0) };
        return new StepPlan(head.Domain.IsHost ? [norm] : [norm, new CopyNormedOperation(head, pipeline.Domains.Host, pipeline.Model.HiddenWidth, slot)]);
    }

    private StepPlan Compile(Phase phase)
    {
        Embed(_pipeline.Head);
        for (int layer = 0; layer < _pipeline.Model.Layers.Length; layer++)
        {
            if (_pipeline.LeavesOut(layer))
                continue;

            LayerParts parts = _pipeline.At(layer, phase);
            Fill(parts, layer);
            Attend(parts, layer);
            Mix(parts, layer);
            Leave(layer);
        }

        Rejoin();
        Logits(_pipeline.Head);
        Settle();
        return new StepPlan([.. Uploads(), .. _operations]);
    }

    private void Embed(BoundComponent<IHead> head)
    {
        _operations.Add(new EmbedOperation(head, Slot(null, Role.Head)) { State = StateOf(Role.Head, 0) });
        Changed(head);
    }

    private void Attend(LayerParts parts, int layer)
    {
        BoundComponent<IAttention> attention = parts.Attention;
        LayerPages pages = _pipeline.Pages.Layers[layer];
        int slot = Slot(layer, Role.Attention), cacheSlot = Slot(layer, Role.Cache);
        BringHidden(attention, layer, slot);
        _operations.Add(new ProjectOperation(attention, layer, slot) { State = StateOf(Role.Attention, layer) });
        StepDomain[] domains = pages.Shards is { } shards ? [.. shards.Domains.Select(domain => BringKeys(attention, domain, shards, layer, cacheSlot))] : [attention.Domain];
        _operations.Add(new AppendOperation(_pipeline.Cache, attention, domains, _pipeline.Pages, layer, cacheSlot));
        for (int pool = 0; pool < pages.PoolCount; pool++)
            _operations.Add(new FoldOperation(attention, parts, _pipeline.Pages, layer, pool, slot) { State = StateOf(Role.Attention, layer) });

        Observe(attention, layer, cacheSlot);
        _operations.Add(new FinishOperation(attention, layer, slot) { State = StateOf(Role.Attention, layer) });
        Changed(attention);
    }

    /// <summary>Brings queries to host memory for a cache policy that observes them.</summary>
    private void Observe(BoundComponent<IAttention> attention, int layer, int slot)
    {
        if (_pipeline.Cache.Component is not IObservesQueries observer || StateOf(Role.Cache, layer) is not { } state)
            return;

        if (!attention.Domain.IsHost)
        {
            _host.ServeAttention();
            _operations.Add(new CopyQueriesOperation(_host, attention, state, _pipeline.Model.Layers[layer], layer, slot));
        }

        _operations.Add(new ObserveOperation(_pipeline.Cache, observer, _pipeline.Pages, layer, slot) { State = state });
    }

    /// <summary>Copies keys and values to the domain of a shard, once; between two devices via the host.</summary>
    private StepDomain BringKeys(BoundComponent<IAttention> attention, IMemoryDomain memory, FoldShards shards, int layer, int slot)
    {
        StepDomain from = attention.Domain, to = _domains.Of(memory);
        to.ServeAttention();
        if (from == to || _operations.OfType<CopyKeysOperation>().Any(copy => copy.Layer == layer && copy.Domain == to))
            return to;
        if (!from.IsHost && !to.IsHost)
            from = BringKeys(attention, _host.Memory, shards, layer, slot);

        _operations.Add(new CopyKeysOperation(from, to, attention, _pipeline.Model.Layers[layer].Kv, shards, layer, slot));
        return to;
    }

    private void Mix(LayerParts parts, int layer)
    {
        BoundComponent<IExperts> experts = parts.Experts;
        LayerPlan plan = parts.Router is { } router ? Route(router, parts.MaxExperts, experts, layer) : new(experts.Domain.DensePlan, 1);
        BringHidden(experts, layer, Slot(layer, Role.Experts));
        _operations.Add(new ExecuteOperation(experts, plan, layer, Slot(layer, Role.Experts)) { State = StateOf(Role.Experts, layer) });
        Changed(experts);
    }

    /// <summary>Adds the routing of a layer; returns its plan in the experts' domain.</summary>
    private LayerPlan Route(BoundComponent<IRouter> router, int maxExperts, BoundComponent<IExperts> experts, int layer)
    {
        int slot = Slot(layer, Role.Router);
        LayerPlan made = new(router.Domain.Plans, maxExperts), onHost = made;
        BringHidden(router, layer, slot);
        _operations.Add(new RouteOperation(router, made, layer, slot) { State = StateOf(Role.Router, layer) });

        // A plan that stays on a device is checked at the end of the step.
        bool stays = router.Domain == experts.Domain && !router.Domain.IsHost;
        if (!router.Domain.IsHost)
        {
            onHost = made with { Buffers = _domains.Mirror(layer) };
            _operations.Add(new CopyPlanOperation(router.Domain, _host, (made, onHost), router, layer, slot) { IsAwaited = !stays });
        }

        (stays ? _checks : _operations).Add(new CheckPlanOperation(router, onHost, _pipeline.Model.Layers[layer], layer, _host, slot));
        if (stays)
            return made;
        if (experts.Domain.IsHost)
            return onHost;

        LayerPlan delivered = made with { Buffers = experts.Domain.Plans };
        _operations.Add(new CopyPlanOperation(_host, experts.Domain, (onHost, delivered), experts, layer, slot));
        return delivered;
    }

    // Rows that left before the layer need its keys nevertheless, unless they have holes there.
    private void Fill(LayerParts parts, int layer)
    {
        if (_pipeline is { Exits: { } exits, Depth.Exits: { Missing: MissingKeys.Fill } early } && early.MayBeGoneBefore(layer))
            _operations.Add(new FillOperation(exits, parts.Attention, _pipeline.Pages, layer, Slot(layer, Role.Attention)));
    }

    private void Leave(int layer)
    {
        if (_pipeline is not { Exits: { } exits, Depth: { Exits: { } early } depth })
            return;

        BoundComponent policy = depth.Bound(_host);
        if (early.MayBeGoneBefore(layer))
            _operations.Add(new SetBackOperation(exits, policy, layer, _host, Slot(layer, Role.Experts)));
        if (early.Layers.IndexOf(layer) is >= 0 and var exit)
            _operations.Add(new LeaveOperation(exits, policy, exit, layer, _host, Slot(null, Role.Head)));
    }

    private void Rejoin()
    {
        if (_pipeline is { Exits: { } exits, Depth: { } depth })
            _operations.Add(new RejoinOperation(exits, depth.Bound(_host), _host, Slot(null, Role.Head)));
    }

    private void Logits(BoundComponent<IHead> head)
    {
        int slot = Slot(null, Role.Head);
        BringHidden(head, null, slot);
        _operations.Add(new LogitsOperation(head, slot) { State = StateOf(Role.Head, 0) });
        if (!head.Domain.IsHost)
            _operations.Add(new CopyLogitsOperation(head, _host, _pipeline.Model.Vocabulary, slot));
    }

    // Devices finish any remaining work here, and plans left on a device are checked.
    private void Settle()
    {
        int slot = Slot(null, Role.Head);
        _operations.AddRange(_domains.Devices.SelectMany(device => _operations.Where(operation => operation.Domain == device).TakeLast(1)).Select(last => new WaitOperation(last.Domain, last.Component, slot)).ToArray());
        _operations.AddRange(_checks);
    }

    private IEnumerable<Operation> Uploads() =>
        _domains.Devices.Where(IsUsed).Select(device => new UploadOperation(_host, device, On(device).First(), Slot(null, Role.Head)));

    /// <summary>Copies the residual stream to a component, unless it is already in its domain; between two devices via the host.</summary>
    private void BringHidden(BoundComponent to, int? layer, int slot)
    {
        if (_holders.Contains(to.Domain))
            return;

        StepDomain from = _writer.Domain;
        if (!from.IsHost && _holders.Add(_host))
            _operations.Add(Copy(from, _host, _writer));
        if (_holders.Add(to.Domain))
            _operations.Add(Copy(_host, to.Domain, to));

        CopyHiddenOperation Copy(StepDomain source, StepDomain target, BoundComponent onDevice) =>
            new(source, target, onDevice, _pipeline.Model.HiddenWidth, layer, slot);
    }

    private void Changed(BoundComponent writer)
    {
        _writer = writer;
        _holders.Clear();
        _holders.Add(writer.Domain);
    }

    private KeptState? StateOf(Role role, int layer) => _pipeline.States.Of(role, layer);

    private bool IsUsed(StepDomain device) => On(device).Any();

    private IEnumerable<BoundComponent> On(StepDomain device) =>
        _operations.OfType<ComponentOperation>().Where(operation => operation.Domain == device).Select(operation => operation.Component);

    private int Slot(int? layer, Role role) => PipelineCosts.SlotOf(layer ?? NoLayer, role);
}
