namespace Spud.Execution;

/// <summary>
/// One memory domain of a pipeline, with its step data: a copy of the residual stream, the step's views, and buffers of the roles
/// that run there.
/// </summary>
internal sealed class StepDomain
{
    private readonly MemoryAccount _account;
    private readonly ModelDescription _model;
    private readonly Limits _limits;
    private readonly TensorView _hidden;
    private AttentionBuffers? _attention;
    private TensorView _normed;
    private TensorView _ids, _positions, _sequences, _logits;

    public StepDomain(MemoryAccount account, IMemoryDomain domain, ModelDescription model, Limits limits)
    {
        (_account, Memory, _model, _limits) = (account, domain, model, limits);
        _hidden = account.Allocate(domain, ElementType.F32, limits.Rows, model.HiddenWidth);
        if (domain.IsHost)
            return;

        _ids = account.Allocate(domain, ElementType.I32, limits.Rows);
        _positions = account.Allocate(domain, ElementType.I32, limits.Rows);
        _sequences = account.Allocate(domain, ElementType.I32, limits.Rows);
    }

    public IMemoryDomain Memory { get; }

    public bool IsHost => Memory.IsHost;

    /// <summary>The step as seen by a component in this domain.</summary>
    public Step Step { get; private set; }

    /// <summary>Buffers of attention; available after <see cref="ServeAttention"/>.</summary>
    public AttentionBuffers Attention => _attention!;

    /// <summary>For the plans of routers here, and of experts here whose router is elsewhere; available after <see cref="ServePlans"/>.</summary>
    public PlanBuffers Plans { get; private set; } = null!;

    /// <summary>The plan of a dense layer.</summary>
    public PlanBuffers DensePlan { get; private set; } = null!;

    /// <summary>F32 [T, C].</summary>
    public TensorView Hidden(int rows) => _hidden.Rows(0, rows);

    /// <summary>F32 [R, V]: where a head in this domain writes; the batch's own logits if this is the host.</summary>
    public TensorView Logits(Batch batch) => IsHost ? batch.LogitsView : _logits.Rows(0, batch.LogitRowCount);

    /// <summary>F32 [R, C]: rows after the final norm; allocated when first read.</summary>
    public TensorView Normed(int rows)
    {
        if (!_normed.IsPresent)
            _normed = _account.Allocate(Memory, ElementType.F32, _limits.Rows, _model.HiddenWidth);

        return _normed.Rows(0, rows);
    }

    /// <summary>Allocates the buffers for a head in this domain.</summary>
    public void ServeHead()
    {
        if (!IsHost && !_logits.IsPresent)
            _logits = _account.Allocate(Memory, ElementType.F32, _limits.LogitRows, _model.Vocabulary);
    }

    /// <summary>Allocates the buffers for attention in this domain.</summary>
    public void ServeAttention() => _attention ??= new AttentionBuffers(_account, Memory, _model, _limits.Rows);

    /// <summary>Allocates the buffers for routers and experts in this domain.</summary>
    /// <param name="expertsPerRow">K of the routers' plans, at least 1.</param>
    /// <param name="densePlan">The host's plan of a dense layer; null if this is the host.</param>
    public void ServePlans(int expertsPerRow, PlanBuffers? densePlan)
    {
        if (DensePlan is not null)
            return;

        Plans = new PlanBuffers(_account, Memory, _limits.Rows, expertsPerRow);
        DensePlan = new PlanBuffers(_account, Memory, _limits.Rows, 1);
        if (densePlan is null)
            DensePlan.FillWithDensePlan();
        else
            DomainCopies.Copy(densePlan.Of(_limits.Rows, 1), DensePlan.Of(_limits.Rows, 1));
    }

    /// <summary>Sets a step whose views are already in this domain: the host's.</summary>
    public void Begin(Batch batch) => Step = batch.Step;

    /// <summary>Queues copies of a step's views to a device.</summary>
    public void Upload(in Step step, ReadOnlyMemory<SequenceSlice> slices) =>
        Step = new()
        {
            TokenIds = Upload(step.TokenIds, _ids),
            Positions = Upload(step.Positions, _positions),
            SequenceOfRow = Upload(step.SequenceOfRow, _sequences),
            Slices = slices,
        };

    private static TensorView Upload(in TensorView from, in TensorView room)
    {
        TensorView to = room.Rows(0, from.Shape[0]);
        DomainCopies.Copy(from, to);
        return to;
    }
}
