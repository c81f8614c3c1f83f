using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;

namespace Spud.Training.Runs;

/// <summary>Mean losses on validation text, in f32, as an exported model has in Spud.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly Transformer<F32> _model;
    private readonly ModelShape _shape;
    private readonly Corpus _corpus;
    private readonly ushort[] _tokens;
    private readonly int _sequences;
    private readonly bool _choosesNumber;

    public Evaluator(ParameterSet parameters, TrainingConfiguration configuration, Corpus corpus)
    {
        (_shape, _corpus, _sequences, _choosesNumber) = (configuration.Shape, corpus, configuration.Sequences, configuration.Routing.ChoosesNumber);
        _model = new(parameters, _shape, _sequences, configuration.MixtureTraining);
        _tokens = new ushort[_sequences * (_shape.Tokens + 1)];
    }

    /// <param name="windows">Rows of each domain, spread over its text; null for all.</param>
    /// <param name="final">Of the line.</param>
    /// <param name="step">Of the line.</param>
    /// <param name="trainedTokens">Of the line.</param>
    /// <param name="seconds">Of the line.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public EvaluationLine Evaluate(int? windows, bool final, int step, long trainedTokens, double seconds, CancellationToken cancel)
    {
        Dictionary<string, double> losses = [];
        Dictionary<string, int> counts = [];
        Dictionary<string, double[][]> experts = [];
        Dictionary<string, double[]> numbers = [];
        for (int domain = 0; domain < _corpus.Domains.Count; domain++)
        {
            string name = _corpus.Domains[domain];
            int all = _corpus.ValidWindows(domain), taken = Math.Min(windows ?? all, all);
            long[][] uses = [.. Enumerable.Range(0, _shape.Layers).Select(_ => new long[_shape.Experts])];
            losses[name] = Loss(domain, taken, all, uses, cancel);
            counts[name] = taken;
            numbers[name] = [.. uses.Select(layer => Math.Round(layer.Sum() / ((double)taken * _shape.Tokens), 4))];
            experts[name] = [.. uses.Select(static layer => layer.Select(uses => Math.Round((double)uses / Math.Max(1, layer.Sum()), 5)).ToArray())];
        }

        return new()
        {
            Step = step,
            Tokens = trainedTokens,
            Loss = losses,
            Mean = losses.Values.Average(),
            Seconds = seconds,
            Windows = counts,
            Final = final,
            Experts = _shape.Experts > 1 ? experts : null,
            ExpertsPerToken = _choosesNumber ? numbers : null,
        };
    }

    public void Dispose() => _model.Dispose();

    private double Loss(int domain, int taken, int all, long[][] uses, CancellationToken cancel)
    {
        double sum = 0;
        for (int first = 0; first < taken; first += _sequences)
        {
            cancel.ThrowIfCancellationRequested();
            int rows = Math.Min(_sequences, taken - first);
            for (int i = 0; i < _sequences; i++)
            {
                // The last batch is padded with rows that are not counted.
                int window = (int)((long)(first + Math.Min(i, rows - 1)) * all / taken);
                _corpus.Valid(domain, window).CopyTo(_tokens.AsSpan(i * (_shape.Tokens + 1)));
            }

            _model.Forward(_tokens);
            foreach (float loss in _model.Losses.AsSpan(0, rows * _shape.Tokens))
                sum += loss;
            foreach ((int layer, ExpertAssignment plan) in _model.Plans.Index())
            {
                foreach (int expert in plan.Experts.AsSpan(0, plan.Offsets[rows * _shape.Tokens]))
                    uses[layer][expert]++;
            }
        }

        return sum / ((long)taken * _shape.Tokens);
    }
}
