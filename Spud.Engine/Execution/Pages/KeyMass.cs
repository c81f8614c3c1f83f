using Spud.Configuration;

namespace Spud.Execution;

/// <summary>
/// Queries the fold of a layer for how much noted rows attended to the keys of a sequence. This happens at review borders, between two steps:
/// the attention buffers are free then.
/// </summary>
internal sealed class KeyMass
{
    private readonly PageStore _pages;
    private readonly StepDomain _host;
    private readonly LayerParts _parts;
    private readonly WorkerThreads _pool;
    private readonly LayerDescription _of;
    private readonly int _layer, _maxRows;
    private readonly SequenceSlice[] _slice = new SequenceSlice[1];
    private readonly PageView[] _views;
    private readonly Buffers _buffers;

    /// <param name="buffers">Memory shared by the layers of a pipeline.</param>
    /// <param name="pages">All pages.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="parts">The layer, whose fold provides key mass.</param>
    /// <param name="pool">The pipeline's threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="layer">The layer.</param>
    public KeyMass(Buffers buffers, PageStore pages, StepDomain host, LayerParts parts, WorkerThreads pool, ModelDescription model, int layer)
    {
        (_buffers, _pages, _host, _parts, _pool, _of, _layer) = (buffers, pages, host, parts, pool, model.Layers[layer], layer);
        _maxRows = buffers.Ids.Shape[0];
        _views = new PageView[pages.Layers[layer].ShardCount];
        host.ServeAttention();
    }

    /// <inheritdoc cref="KeyMassReader"/>
    /// <exception cref="ComponentException">The attention threw.</exception>
    public void Add(PageTable table, int? shard, in TensorView notes, in TensorView mass)
    {
        Shape.Require(mass, [_of.Kv.Heads, _buffers.ContextTokens], "mass", "[G, ContextTokens]");
        if (notes.Rank != 2 || notes.Shape[1] < QueryNote.BytesOf(_of))
            throw new ArgumentException($"notes: expected rows that begin with a query note of {QueryNote.BytesOf(_of)} bytes", nameof(notes));
        if (_parts.Attention.Offer.NativeThreads is not null)
            _pool.Park();

        for (int row = 0; row < notes.Shape[0]; row += _maxRows)
        {
            TensorView some = notes.Rows(row, Math.Min(_maxRows, notes.Shape[0] - row));
            Step step = StepOf(table, table.Tokens - notes.Shape[0] + row, some.Shape[0]);
            try
            {
                AddRows(step, table, shard, some, mass);
            }
            catch (Exception fault)
            {
                throw new ComponentException(Roles.Attention, _parts.Attention.Name, _layer, fault);
            }
        }
    }

    private void AddRows(Step step, PageTable table, int? shard, in TensorView notes, in TensorView mass)
    {
        StepDomain domain = _parts.Attention.Domain;
        Unpack(notes);
        TensorView query = domain.Attention.Heads(_layer, step.Rows).Query, target = mass;
        AttentionState state = StateIn(domain, step.Rows);
        if (!domain.IsHost)
        {
            AttentionState onHost = StateIn(_host, step.Rows);
            DomainCopies.Copy(_host.Attention.Heads(_layer, step.Rows).Query, query);
            DomainCopies.Copy(onHost.Max, state.Max);
            DomainCopies.Copy(onHost.Sum, state.Sum);
            DomainCopies.Copy(mass, target = _buffers.MassIn(domain.Memory, mass.Shape));
            domain.Upload(step, _slice);
            step = domain.Step;
        }

        Ask(step, table, shard, query, state, target);
        if (domain.IsHost)
            return;

        DomainCopies.Copy(target, mass);
        DomainCopies.Wait(domain.Memory);
    }

    private void Ask(in Step step, PageTable table, int? shard, in TensorView query, in AttentionState state, in TensorView mass)
    {
        IGivesKeyMass fold = (IGivesKeyMass)_parts.Fold;
        for (int pool = 0; pool < _pages.Layers[_layer].PoolCount; pool++)
        {
            bool any = false;
            for (int i = 0; i < _views.Length; i++)
                any |= _pages.TryView(_layer, pool * _views.Length + i, shard is null || i == shard ? table : null, out _views[i]);

            if (any)
                fold.AddKeyMass(_layer, step, query, _views, state, mass);
        }
    }

    /// <summary>Unpacks notes into the host's buffers of queries, maxima and sums.</summary>
    private void Unpack(in TensorView notes)
    {
        (int rows, int width) = (notes.Shape[0], _of.QueryHeads * _of.Kv.KeyWidth);
        TensorView query = _host.Attention.Heads(_layer, rows).Query;
        AttentionState state = StateIn(_host, rows);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> note = notes.At(row).AsSpan<float>();
            note[..width].CopyTo(query.At(row).AsSpan<float>());
            note.Slice(width, _of.QueryHeads).CopyTo(state.Max.At(row).AsSpan<float>());
            note.Slice(width + _of.QueryHeads, _of.QueryHeads).CopyTo(state.Sum.At(row).AsSpan<float>());
        }
    }

    private AttentionState StateIn(StepDomain domain, int rows) => domain.Attention.State(_layer, rows) with { Accumulator = default };

    private Step StepOf(PageTable table, int firstPosition, int rows)
    {
        _slice[0] = new() { Id = table.Sequence, FirstRow = 0, Rows = rows, FirstPosition = firstPosition, Phase = Phase.Prefill, Effort = 1 };
        table.TokenIds.Slice(firstPosition, rows).CopyTo(_buffers.Ids.AsSpan<int>());
        for (int row = 0; row < rows; row++)
            _buffers.Positions.AsSpan<int>()[row] = firstPosition + row;

        return new()
        {
            TokenIds = _buffers.Ids.Rows(0, rows),
            Positions = _buffers.Positions.Rows(0, rows),
            SequenceOfRow = _buffers.Sequences.Rows(0, rows),
            Slices = _slice,
        };
    }

    /// <summary>Memory shared by the layers of a pipeline.</summary>
    internal sealed class Buffers
    {
        private readonly List<TensorView> _mass = [];

        /// <param name="memory">Counts the memory.</param>
        /// <param name="host">The host's domain.</param>
        /// <param name="devices">Domains of attentions other than the host's.</param>
        /// <param name="limits">The largest step.</param>
        /// <param name="kvHeads">Maximum G.</param>
        public Buffers(MemoryAccount memory, IMemoryDomain host, IEnumerable<IMemoryDomain> devices, Limits limits, int kvHeads)
        {
            ContextTokens = limits.ContextTokens;
            Ids = memory.Allocate(host, ElementType.I32, limits.Rows);
            Positions = memory.Allocate(host, ElementType.I32, limits.Rows);
            Sequences = memory.Allocate(host, ElementType.I32, limits.Rows);
            foreach (IMemoryDomain device in devices)
                _mass.Add(memory.Allocate(device, ElementType.F32, checked(kvHeads * limits.ContextTokens)));
        }

        public int ContextTokens { get; }

        /// <summary>I32 [Rows].</summary>
        public TensorView Ids { get; }

        /// <summary>I32 [Rows].</summary>
        public TensorView Positions { get; }

        /// <summary>I32 [Rows], all zeros: the rows belong to one sequence.</summary>
        public TensorView Sequences { get; }

        public TensorView MassIn(IMemoryDomain device, ReadOnlySpan<int> shape) =>
            new(device, _mass.Find(mass => mass.Domain == device).Address, ElementType.F32, shape);
    }
}
