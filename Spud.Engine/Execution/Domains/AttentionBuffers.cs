namespace Spud.Execution;

/// <summary>Data passed between the operations of attention in one domain, sized once by the limits.</summary>
internal sealed class AttentionBuffers
{
    private readonly ModelDescription _model;
    private readonly TensorView _query, _key, _value, _max, _sum, _accumulator, _zeros;

    /// <param name="account">Counts the memory.</param>
    /// <param name="domain">The domain of the attention.</param>
    /// <param name="model">The model.</param>
    /// <param name="rows">Maximum rows per step.</param>
    public AttentionBuffers(MemoryAccount account, IMemoryDomain domain, ModelDescription model, int rows)
    {
        _model = model;
        _query = Flat(model.Layers.Max(layer => layer.QueryHeads * layer.Kv.KeyWidth));
        _key = Flat(model.Layers.Max(layer => layer.Kv.Heads * layer.Kv.KeyWidth));
        _value = Flat(model.Layers.Max(layer => layer.Kv.Heads * layer.Kv.ValueWidth));
        _max = Flat(model.Layers.Max(layer => layer.QueryHeads));
        _sum = Flat(model.Layers.Max(layer => layer.QueryHeads));
        _accumulator = Flat(model.Layers.Max(layer => layer.QueryHeads * layer.Kv.ValueWidth));
        if (!domain.IsHost)
            _zeros = Flat(model.Layers.Max(layer => layer.QueryHeads));

        TensorView Flat(int width) => account.Allocate(domain, ElementType.F32, checked(rows * width));
    }

    /// <summary>Queries, keys and values of a step's rows.</summary>
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

    /// <summary>The attention state of a step's rows.</summary>
    public AttentionState State(int layer, int rows)
    {
        LayerDescription of = _model.Layers[layer];
        return new()
        {
            Max = Shaped(_max, rows, of.QueryHeads),
            Sum = Shaped(_sum, rows, of.QueryHeads),
            Accumulator = Shaped(_accumulator, rows, of.QueryHeads, of.Kv.ValueWidth),
        };
    }

    /// <summary>Resets a state to one that nothing has been folded into.</summary>
    public void Empty(in AttentionState state)
    {
        if (state.Sum.Domain.IsHost)
            state.Sum.AsSpan<float>().Clear();
        else
            state.Sum.Domain.Copy(Shaped(_zeros, state.Sum.Shape), state.Sum);
    }

    private static TensorView Shaped(in TensorView flat, params ReadOnlySpan<int> shape) => new(flat.Domain, flat.Address, flat.Type, shape);
}
