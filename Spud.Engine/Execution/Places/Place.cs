namespace Spud.Execution;

/// <summary>
/// One memory domain of a pipeline, and what a step keeps in it: its copy of the residual stream, the step's views, and buffers of the
/// roles that are served there.
/// </summary>
internal sealed class Place
{
    private readonly MemoryAccount _account;
    private readonly ModelDescription _model;
    private readonly Limits _limits;
    private readonly TensorView _hidden;
    private AttentionBuffers? _attention;
    private TensorView _ids, _positions, _sequences, _logits;

    public Place(MemoryAccount account, IMemoryDomain domain, ModelDescription model, Limits limits)
    {
        (_account, Domain, _model, _limits) = (account, domain, model, limits);
        _hidden = account.Allocate(domain, ElementType.F32, limits.Rows, model.HiddenWidth);
        if (domain.IsHost)
            return;

        _ids = account.Allocate(domain, ElementType.I32, limits.Rows);
        _positions = account.Allocate(domain, ElementType.I32, limits.Rows);
        _sequences = account.Allocate(domain, ElementType.I32, limits.Rows);
    }

    public IMemoryDomain Domain { get; }

    public bool IsHost => Domain.IsHost;

    /// <summary>The step as a component here sees it.</summary>
    public Step Step { get; private set; }

    /// <summary>Buffers of attention; there once <see cref="ServeAttention"/> was called.</summary>
    public AttentionBuffers Attention => _attention!;

    /// <summary>For the plans of routers here, and of experts here whose router is elsewhere.</summary>
    public PlanBuffers Plans { get; private set; } = null!;

    /// <summary>The plan of a dense layer.</summary>
    public PlanBuffers One { get; private set; } = null!;

    /// <summary>Which state of the residual stream <see cref="Hidden"/> holds; see <see cref="ResidualStream"/>.</summary>
    public long Version { get; set; }

    /// <summary>F32 [T, C].</summary>
    public TensorView Hidden(int rows) => _hidden.Rows(0, rows);

    /// <summary>F32 [R, V]: where a head here writes; the batch's own logits where this is the host.</summary>
    public TensorView Logits(Batch batch) => IsHost ? batch.LogitsView : _logits.Rows(0, batch.LogitRowCount);

    /// <summary>Allocates what a head here needs.</summary>
    public void ServeHead()
    {
        if (!IsHost && !_logits.IsPresent)
            _logits = _account.Allocate(Domain, ElementType.F32, _limits.LogitRows, _model.Vocabulary);
    }

    /// <summary>Allocates what attention here needs.</summary>
    public void ServeAttention() => _attention ??= new AttentionBuffers(_account, Domain, _model, _limits.Rows);

    /// <summary>Allocates what routers and experts here need.</summary>
    /// <param name="expertsPerRow">K of the routers' plans, at least 1.</param>
    /// <param name="one">The host's plan of a dense layer; null where this is the host.</param>
    public void ServePlans(int expertsPerRow, PlanBuffers? one)
    {
        if (One is not null)
            return;

        Plans = new PlanBuffers(_account, Domain, _limits.Rows, expertsPerRow);
        One = new PlanBuffers(_account, Domain, _limits.Rows, 1);
        if (one is null)
            One.FillWithOne();
        else
            Places.Copy(one.Of(_limits.Rows, 1), One.Of(_limits.Rows, 1));
    }

    /// <summary>Brings a step here.</summary>
    public void Begin(Batch batch)
    {
        Step step = batch.Step;
        if (IsHost)
        {
            Step = step;
            return;
        }

        Step = new()
        {
            TokenIds = Brought(step.TokenIds, _ids),
            Positions = Brought(step.Positions, _positions),
            SequenceOfRow = Brought(step.SequenceOfRow, _sequences),
            Slices = batch.Slices,
        };
    }

    private TensorView Brought(in TensorView from, in TensorView room)
    {
        TensorView to = room.Rows(0, from.Shape[0]);
        Domain.Copy(from, to);
        return to;
    }
}
