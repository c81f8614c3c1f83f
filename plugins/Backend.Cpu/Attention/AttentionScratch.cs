using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>The workspace of attention. Project, Fold and Finish are separate calls and reuse the same bytes.</summary>
internal sealed class AttentionScratch
{
    private readonly int _threads, _hidden, _productFloats;
    private readonly long _products, _rounded;
    private readonly Workspace _workspace;

    public AttentionScratch(IBuildContext build, AttentionLayer[] layers, FoldScratch fold)
    {
        (_threads, _hidden) = (build.Pool.Threads, build.Model.HiddenWidth);
        long roundedBytes = 0;
        foreach (int i in build.Layers)
        {
            AttentionLayer layer = layers[i];
            foreach (Linear matrix in (ReadOnlySpan<Linear>)[layer.Query, layer.Key, layer.Value, layer.Output])
                _productFloats = Math.Max(_productFloats, Product.ScratchFloats(matrix, build.Limits.Rows));

            if (layer.ProjectsRounded)
                roundedBytes = Math.Max(roundedBytes, Activations.RoundedBytes(build.Limits.Rows, _hidden));
            if (layer.Output.ReadsRounded)
                roundedBytes = Math.Max(roundedBytes, Activations.RoundedBytes(build.Limits.Rows, layer.Output.Inputs));
        }

        ScratchPlan rows = new();
        rows.AddFloats((long)build.Limits.Rows * _hidden);
        _rounded = rows.Add(roundedBytes);
        _products = rows.AddFloats((long)_threads * _productFloats);
        fold.Workspace = _workspace = build.Reserve(build.Host, Math.Max(rows.Bytes, fold.Bytes));
    }

    /// <summary>Scratch for the products of Project and Finish.</summary>
    public WorkerScratch Products => new(_workspace.ViewAt(_products, ElementType.F32, _threads, _productFloats));

    /// <summary>[T, C], used by Project.</summary>
    public Activations Normed(AttentionLayer layer, int rows) =>
        new(rows, _hidden, _workspace.View(ElementType.F32, rows, _hidden), layer.ProjectsRounded ? _workspace.AddressAt(_rounded) : 0);

    /// <summary>[T, H * Dv] over the accumulators of a state, used by Finish.</summary>
    public Activations Attended(AttentionLayer layer, in AttentionState state)
    {
        (int rows, int width) = (state.Accumulator.Shape[0], layer.Output.Inputs);
        TensorView exact = new(state.Accumulator.Domain, state.Accumulator.Address, ElementType.F32, rows, width);
        return new(rows, width, exact, layer.Output.ReadsRounded ? _workspace.AddressAt(_rounded) : 0);
    }

    /// <summary>F32 [T, C], used by Finish.</summary>
    public TensorView Delta(int rows) => _workspace.View(ElementType.F32, rows, _hidden);
}
