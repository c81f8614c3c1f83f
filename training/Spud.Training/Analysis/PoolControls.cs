using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Model.Selection;

namespace Spud.Training.Analysis;

/// <summary>
/// What pools cost a model: the loss of the second half of each validation row when its rows choose among all experts, among those that the first
/// half favoured, among those that another domain's text favoured, and among random ones.
/// </summary>
internal sealed class PoolControls : IDisposable
{
    private readonly ModelShape _shape;
    private readonly Corpus _corpus;
    private readonly int _sequences, _from;
    private readonly GivenPools[] _layers;
    private readonly Transformer<F32> _model;

    /// <param name="parameters">Parameters of the model.</param>
    /// <param name="configuration">Configuration of its run.</param>
    /// <param name="corpus">Source of the rows.</param>
    public PoolControls(ParameterSet parameters, TrainingConfiguration configuration, Corpus corpus)
    {
        (_shape, _corpus, _sequences, _from) = (configuration.Shape, corpus, configuration.Sequences, configuration.Shape.Tokens / 2);
        _layers = [.. Enumerable.Range(0, _shape.Layers).Select(_ => new GivenPools(_shape, _from))];
        _model = new(parameters, _shape, _sequences, configuration.MixtureTraining with { Recipe = new() }, _layers);
    }

    /// <summary>By domain: mean losses in nats.</summary>
    /// <param name="size">P.</param>
    /// <param name="windows">Rows of each domain, spread over its text.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public IReadOnlyDictionary<string, PoolLosses> Measure(int size, int windows, CancellationToken cancel)
    {
        Dictionary<string, PoolLosses> losses = [];
        for (int domain = 0; domain < _corpus.Domains.Count; domain++)
        {
            double[] sums = new double[4];
            int batches = Math.Max(1, windows / _sequences);
            for (int batch = 0; batch < batches; batch++)
            {
                cancel.ThrowIfCancellationRequested();
                ushort[] other = Rows((domain + 1) % _corpus.Domains.Count, batch, batches), own = Rows(domain, batch, batches);
                _ = Loss(other, static _ => null);
                bool[][] favouredByOther = [.. _layers.Select(layer => Favoured(layer, size))];
                sums[0] += Loss(own, static _ => null);
                bool[][] favoured = [.. _layers.Select(layer => Favoured(layer, size))];
                sums[1] += Loss(own, layer => favoured[layer]);
                sums[2] += Loss(own, layer => favouredByOther[layer]);
                sums[3] += Loss(own, layer => Drawn(size, layer, batch));
            }

            losses[_corpus.Domains[domain]] = new(sums[0] / batches, sums[1] / batches, sums[2] / batches, sums[3] / batches);
        }

        return losses;
    }

    public void Dispose() => _model.Dispose();

    private ushort[] Rows(int domain, int batch, int batches)
    {
        ushort[] tokens = new ushort[_sequences * (_shape.Tokens + 1)];
        int all = _corpus.ValidWindows(domain);
        for (int i = 0; i < _sequences; i++)
            _corpus.Valid(domain, (int)((long)(batch * _sequences + i) * all / (batches * _sequences))).CopyTo(tokens.AsSpan(i * (_shape.Tokens + 1)));

        return tokens;
    }

    private double Loss(ushort[] tokens, Func<int, bool[]?> pools)
    {
        foreach ((int layer, GivenPools selection) in _layers.Index())
            selection.Pools = pools(layer);

        _model.Forward(tokens);
        double sum = 0;
        for (int i = 0; i < _sequences; i++)
        {
            foreach (float loss in _model.Losses.AsSpan(i * _shape.Tokens + _from, _shape.Tokens - _from))
                sum += loss;
        }

        return sum / ((double)_sequences * (_shape.Tokens - _from));
    }

    private bool[] Favoured(GivenPools layer, int size)
    {
        bool[] pools = new bool[_sequences * _shape.Experts];
        Span<int> best = stackalloc int[size];
        for (int text = 0; text < _sequences; text++)
        {
            Ranking.Largest(layer.Favoured[text], best);
            foreach (int expert in best)
                pools[text * _shape.Experts + expert] = true;
        }

        return pools;
    }

    private bool[] Drawn(int size, int layer, int batch)
    {
        bool[] pools = new bool[_sequences * _shape.Experts];
        for (int text = 0; text < _sequences; text++)
        {
            SplitMix random = Ranking.Draw((ulong)layer, batch, text);
            for (int left = size; left > 0;)
            {
                ref bool isIn = ref pools[text * _shape.Experts + random.NextBelow(_shape.Experts)];
                left -= isIn ? 0 : 1;
                isIn = true;
            }
        }

        return pools;
    }
}

/// <summary>Mean losses of a domain in nats.</summary>
/// <param name="All">With all experts.</param>
/// <param name="Own">With those that the text favoured.</param>
/// <param name="Other">With those that a text of another domain favoured.</param>
/// <param name="Random">With random ones.</param>
internal sealed record PoolLosses(double All, double Own, double Other, double Random);
