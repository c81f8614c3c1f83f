using System.Diagnostics;
using Spud.Training.Checkpoints;
using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;

namespace Spud.Training.Runs;

/// <summary>
/// A run in its folder: log.jsonl, checkpoint.bin and the previous one, and step-N.bin for steps that are kept. A stopped run resumes with
/// the same curve.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingConfiguration _configuration;
    private readonly string _folder;
    private readonly TextWriter _messages;
    private readonly FileStream _lock;
    private readonly Corpus _corpus;
    private readonly ParameterSet _parameters;
    private readonly ITrainer _trainer;

    /// <param name="configuration">Configuration of the run.</param>
    /// <param name="data">Folder of the corpus.</param>
    /// <param name="folder">Folder of this run; its parent holds the runs that it may branch off from.</param>
    /// <param name="messages">For the user.</param>
    /// <exception cref="TrainingException">The run is already in progress, or a file is missing or damaged.</exception>
    public TrainingRun(TrainingConfiguration configuration, string data, string folder, TextWriter messages)
    {
        (_configuration, _folder, _messages) = (configuration, folder, messages);
        Directory.CreateDirectory(folder);
        _lock = Lock(folder);
        _corpus = new(data, configuration.Domains, configuration.Shape.Tokens, configuration.Shape.Vocabulary, configuration.Seed);
        _parameters = new(Transformer<F32>.Parameters(configuration.Shape, configuration.Routing));
        _trainer = configuration.Precision == Precision.F32 ? new Trainer<F32>(configuration, _parameters, _corpus) : new Trainer<Bf16>(configuration, _parameters, _corpus);
        Begin();
    }

    /// <summary>Steps done.</summary>
    public int Step => _trainer.State.Step;

    private string Checkpoint => Path.Combine(_folder, "checkpoint.bin");

    private string LogFile => Log(_folder);

    /// <summary>The log of a run.</summary>
    public static string Log(string folder) => Path.Combine(folder, "log.jsonl");

    /// <summary>The checkpoint of a step that is kept.</summary>
    public static string Kept(string folder, int step) => Path.Combine(folder, $"step-{step}.bin");

    /// <summary>Trains until the end of the run or of the segment, or until cancelled.</summary>
    /// <param name="segment">Maximum time.</param>
    /// <param name="pause">Called before every step; may wait.</param>
    /// <param name="cancel">Ends training after a step, with a checkpoint.</param>
    /// <returns>Whether the run is finished.</returns>
    public bool Train(TimeSpan segment, Action pause, CancellationToken cancel)
    {
        if (RunLog.Last(LogFile) is not null)
            return true;

        using RunLog log = new(LogFile, Step);
        using Evaluator evaluator = new(_parameters, _configuration, _corpus);
        long start = Stopwatch.GetTimestamp();
        while (Step < _configuration.Steps)
        {
            pause();
            if (cancel.IsCancellationRequested || Stopwatch.GetElapsedTime(start) > segment)
            {
                Save(Checkpoint);
                return false;
            }

            if (_trainer.Step() is { } line)
                log.Write(line);
            AfterStep(log, evaluator, cancel);
        }

        log.Write(Evaluate(evaluator, _configuration.FinalWindows, final: true, cancel));
        return true;
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _parameters.Dispose();
        _corpus.Dispose();
        _lock.Dispose();
    }

    private void AfterStep(RunLog log, Evaluator evaluator, CancellationToken cancel)
    {
        bool isLast = Step == _configuration.Steps;
        if (Step % _configuration.EvaluationSteps == 0 && !isLast && !cancel.IsCancellationRequested)
            log.Write(Evaluate(evaluator, _configuration.EvaluationWindows, final: false, CancellationToken.None));
        if (Step % _configuration.CheckpointSteps == 0 || isLast)
            Save(Checkpoint);
        if (_configuration.KeepSteps.Contains(Step))
            Save(Kept(_folder, Step));
    }

    private EvaluationLine Evaluate(Evaluator evaluator, int? windows, bool final, CancellationToken cancel) => evaluator.Evaluate(
        windows, final, Step, (long)Step * _configuration.Sequences * _configuration.Shape.Tokens, Math.Round(_trainer.State.Seconds, 3), cancel);

    private void Save(string path) => CheckpointFile.Write(path, _trainer.State, _parameters);

    private void Begin()
    {
        if (CheckpointFile.Read(Checkpoint, _parameters, _messages.WriteLine) is { } state)
        {
            _trainer.State = state;
            return;
        }

        // State that a branch's recipe adds to its trunk starts as in any run.
        _parameters.Initialise(_configuration.Seed);
        if (_configuration.Trunk is not { } trunk)
            return;

        string path = Kept(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_folder))!, trunk.Run), trunk.Step);
        CheckpointHeader of = CheckpointFile.Read(path, _parameters, _messages.WriteLine, isTrunk: true)
            ?? throw new TrainingException($"{path} is missing: run '{trunk.Run}' first, with {trunk.Step} among its keepSteps.");
        _trainer.State = of with { Parameters = _parameters.Values.numel() };
    }

    private static FileStream Lock(string folder)
    {
        string path = Path.Combine(folder, "run.lock");
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new TrainingException($"{path}: {fault.Message} Another process trains this run: wait for it, or end it.");
        }
    }
}
