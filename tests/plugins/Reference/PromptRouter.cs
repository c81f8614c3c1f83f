using Spud;

namespace Reference;

/// <summary>
/// Chooses from the experts that the text has used most. Up to the first border all of them may be chosen; then only the pool of those whose
/// probabilities, summed over all rows before the last border and decayed from border to border, are the largest.
/// </summary>
internal sealed class PromptRouter : IRouter, IKeepsSequenceState
{
    private readonly PromptRouterOptions _options;
    private readonly ModelDescription _model;
    private readonly ReferenceRouter _router;
    private readonly int[] _pool;

    public PromptRouter(PromptRouterOptions options, IBuildContext build)
    {
        (_options, _model, _router) = (options, build.Model, new ReferenceRouter(build, build.Host));
        _pool = new int[_model.Layers.Max(layer => layer.Experts)];
    }

    public IMemoryDomain Domain => _router.Domain;

    public int MaxExpertsPerRow => _router.MaxExpertsPerRow;

    // The sums, and how many rows are in them.
    public SequenceStateLayout? StateOf(int layer) => new()
    {
        Bytes = (_model.Layers[layer].Experts + 1) * sizeof(double),
        RowBytes = _model.Layers[layer].Experts * sizeof(double),
        BorderTokens = _options.BorderTokens,
    };

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        ReferenceRouter.Require(_model, step, hidden, plan);
        LayerDescription of = _model.Layers[layer];
        plan.Offsets.Ints[0] = 0;
        for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
        {
            SequenceSlice slice = step.Sequences[sequence];
            ReadOnlySpan<int> pool = PoolOf(of, step.StateOf<double>(sequence));
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                Span<double> probabilities = _router.Probabilities(layer, hidden.At(row));
                probabilities.CopyTo(step.NoteOf<double>(row));
                for (int expert = 0; expert < probabilities.Length; expert++)
                    probabilities[expert] = pool.Contains(expert) ? probabilities[expert] : -1;

                _router.Choose(layer, probabilities, row, plan);
            }
        }
    }

    public void Advance(int layer, in TensorView notes, in TensorView state)
    {
        Span<double> sums = state.AsSpan<double>();
        for (int expert = 0; expert < sums.Length - 1; expert++)
            sums[expert] *= _options.Decay;
        for (int row = 0; row < notes.Shape[0]; row++)
        {
            ReadOnlySpan<double> probabilities = notes.At(row).AsSpan<double>();
            for (int expert = 0; expert < probabilities.Length; expert++)
                sums[expert] += probabilities[expert];
        }

        sums[^1] += notes.Shape[0];
    }

    public void Dispose() => _router.Dispose();

    private ReadOnlySpan<int> PoolOf(LayerDescription of, ReadOnlySpan<double> state)
    {
        bool all = state[^1] == 0;
        int size = all ? of.Experts : Math.Min(of.Experts, of.ExpertsUsed + 1);
        for (int i = 0; i < size; i++)
        {
            int best = -1;
            for (int expert = 0; expert < of.Experts; expert++)
            {
                if (!_pool.AsSpan(0, i).Contains(expert) && (best < 0 || state[expert] > state[best]))
                    best = expert;
            }

            _pool[i] = best;
        }

        return _pool.AsSpan(0, size);
    }
}
