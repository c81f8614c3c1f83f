namespace Spud.Runtime.Execution;

/// <summary>What a step computes in: the residual stream, heads, state and plans, sized once by the limits.</summary>
internal sealed class StepBuffers
{
    private readonly ModelDescription _model;
    private readonly TensorView _hidden, _query, _key, _value, _max, _sum, _accumulator, _planOffsets, _planExperts, _planWeights, _oneOffsets, _oneExperts, _oneWeights;

    /// <param name="account">Counts the memory.</param>
    /// <param name="domain">Where all components of the pipeline work.</param>
    /// <param name="model">The model.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="expertsPerRow">K of the routers' plans; 0 where every layer is dense.</param>
    public StepBuffers(MemoryAccount account, IMemoryDomain domain, ModelDescription model, Limits limits, int expertsPerRow)
    {
        _model = model;
        long before = account.Bytes;
        int rows = limits.Rows;
        _hidden = account.Allocate(domain, ElementType.F32, rows, model.HiddenWidth);
        _query = Flat(rows, model.Layers.Max(layer => layer.QueryHeads * layer.Kv.KeyWidth));
        _key = Flat(rows, model.Layers.Max(layer => layer.Kv.Heads * layer.Kv.KeyWidth));
        _value = Flat(rows, model.Layers.Max(layer => layer.Kv.Heads * layer.Kv.ValueWidth));
        _max = Flat(rows, model.Layers.Max(layer => layer.QueryHeads));
        _sum = Flat(rows, model.Layers.Max(layer => layer.QueryHeads));
        _accumulator = Flat(rows, model.Layers.Max(layer => layer.QueryHeads * layer.Kv.ValueWidth));
        _planOffsets = account.Allocate(domain, ElementType.I32, rows + 1);
        _planExperts = account.Allocate(domain, ElementType.I32, checked(rows * Math.Max(1, expertsPerRow)));
        _planWeights = account.Allocate(domain, ElementType.F32, checked(rows * Math.Max(1, expertsPerRow)));
        _oneOffsets = account.Allocate(domain, ElementType.I32, rows + 1);
        _oneExperts = account.Allocate(domain, ElementType.I32, rows);
        _oneWeights = account.Allocate(domain, ElementType.F32, rows);
        for (int row = 0; row <= rows; row++)
            _oneOffsets.AsSpan<int>()[row] = row;

        _oneWeights.AsSpan<float>().Fill(1);
        Bytes = account.Bytes - before;

        TensorView Flat(int rows, int width) => account.Allocate(domain, ElementType.F32, checked(rows * width));
    }

    /// <summary>Memory that they took.</summary>
    public long Bytes { get; }

    /// <summary>[T, C].</summary>
    public TensorView Hidden(int rows) => _hidden.Rows(0, rows);

    public Heads Heads(int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        return new()
        {
            Query = Shaped(_query, rows, of.QueryHeads, of.Kv.KeyWidth),
            Key = Shaped(_key, rows, of.Kv.Heads, of.Kv.KeyWidth),
            Value = Shaped(_value, rows, of.Kv.Heads, of.Kv.ValueWidth),
        };
    }

    /// <summary>A state that nothing has been folded into.</summary>
    public AttentionState EmptyState(int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        TensorView sum = Shaped(_sum, rows, of.QueryHeads);
        sum.AsSpan<float>().Clear();
        return new()
        {
            Max = Shaped(_max, rows, of.QueryHeads),
            Sum = sum,
            Accumulator = Shaped(_accumulator, rows, of.QueryHeads, of.Kv.ValueWidth),
        };
    }

    /// <summary>For a router of at most so many experts a row to fill.</summary>
    public RoutingPlan Plan(int rows, int expertsPerRow) => new()
    {
        Offsets = _planOffsets.Rows(0, rows + 1),
        Experts = _planExperts.Rows(0, rows * expertsPerRow),
        Weights = _planWeights.Rows(0, rows * expertsPerRow),
    };

    /// <summary>Every row uses expert 0 with weight 1: a dense layer.</summary>
    public RoutingPlan PlanOfOne(int rows) => new()
    {
        Offsets = _oneOffsets.Rows(0, rows + 1),
        Experts = _oneExperts.Rows(0, rows),
        Weights = _oneWeights.Rows(0, rows),
    };

    private static TensorView Shaped(in TensorView flat, params ReadOnlySpan<int> shape) => new(flat.Domain, flat.Address, flat.Type, shape);
}
