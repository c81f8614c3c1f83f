using Spud.Training.Checkpoints;
using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Optimization;

namespace Spud.Training.Runs;

/// <summary>Performs training steps: rows of the corpus, gradients, an update, and sums for the next report.</summary>
internal interface ITrainer : IDisposable
{
    /// <summary>State of the run.</summary>
    CheckpointHeader State { get; set; }

    /// <summary>Performs one step.</summary>
    /// <returns>The line of a report when one is due.</returns>
    TrainingLine? Step();
}

/// <summary>The implementation for a type of products.</summary>
internal sealed class Trainer<TE> : ITrainer
    where TE : unmanaged, IElement<TE>
{
    private readonly TrainingConfiguration _configuration;
    private readonly ParameterSet _parameters;
    private readonly Corpus _corpus;
    private readonly Transformer<TE> _model;
    private readonly Optimizer _optimizer;
    private readonly ushort[] _tokens;

    public Trainer(TrainingConfiguration configuration, ParameterSet parameters, Corpus corpus)
    {
        (_configuration, _parameters, _corpus) = (configuration, parameters, corpus);
        _model = new(parameters, configuration.Shape, configuration.Sequences, configuration.MixtureTraining);
        _optimizer = new(parameters, configuration.WeightDecay, configuration.Clip);
        _tokens = new ushort[configuration.Sequences * RowLength];
        State = new()
        {
            Step = 0,
            Seconds = 0,
            Parameters = parameters.Values.numel(),
            LossSums = new double[corpus.Domains.Count],
            LossRows = new long[corpus.Domains.Count],
        };
    }

    /// <inheritdoc/>
    public CheckpointHeader State { get; set; }

    private int RowLength => _configuration.Shape.Tokens + 1;

    /// <inheritdoc/>
    public TrainingLine? Step()
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        CheckpointHeader before = State;
        int step = before.Step + 1;
        for (int i = 0; i < _configuration.Sequences; i++)
            _corpus.Read(Row(before.Step, i), _tokens.AsSpan(i * RowLength, RowLength));

        _model.TrainingStep = before.Step;
        _model.ForwardBackward(_tokens);
        double rate = _configuration.RateAt(step), norm = _optimizer.Step(rate, step);
        AddLosses(before);
        State = before with { Step = step, Seconds = before.Seconds + (Environment.CpuUsage.TotalTime - start).TotalSeconds };
        return step % _configuration.ReportSteps == 0 || step == _configuration.Steps ? Report(rate, norm) : null;
    }

    public void Dispose() => _model.Dispose();

    private long Row(int step, int sequence) => (long)step * _configuration.Sequences + sequence;

    private void AddLosses(CheckpointHeader state)
    {
        for (int i = 0; i < _configuration.Sequences; i++)
        {
            int domain = _corpus.DomainOf(Row(state.Step, i));
            double sum = 0;
            foreach (float loss in _model.Losses.AsSpan(i * _configuration.Shape.Tokens, _configuration.Shape.Tokens))
                sum += loss;
            state.LossSums[domain] += sum / _configuration.Shape.Tokens;
            state.LossRows[domain]++;
        }
    }

    private TrainingLine Report(double rate, double norm)
    {
        Dictionary<string, double> losses = _corpus.Domains.Index().ToDictionary(static domain => domain.Item, domain => State.LossSums[domain.Index] / State.LossRows[domain.Index]);
        ExpertAssignment[] plans = [.. _model.Plans];
        long rowTokens = (long)_configuration.Sequences * _configuration.Shape.Tokens;
        TrainingLine line = new()
        {
            Step = State.Step,
            Tokens = State.Step * rowTokens,
            Loss = losses,
            Mean = losses.Values.Average(),
            Seconds = Math.Round(State.Seconds, 3),
            Rate = rate,
            GradientNorm = norm,
            Balance = plans.Length == 0 ? null : plans.Average(static plan => plan.BalanceLoss),
            Z = plans.Length == 0 ? null : plans.Average(static plan => plan.ZLoss),
            TokensPerSecond = Math.Round(State.LossRows.Sum() * _configuration.Shape.Tokens / (State.Seconds - State.ReportedAt), 1),
        };
        Array.Clear(State.LossSums);
        Array.Clear(State.LossRows);
        State = State with { ReportedAt = State.Seconds };
        return line;
    }
}
