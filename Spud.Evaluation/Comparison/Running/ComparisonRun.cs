using System.Diagnostics;

namespace Spud.Evaluation.Comparison;

/// <summary>Compares pipelines of one tokenizer over the same texts; the others are compared with the first.</summary>
public sealed class ComparisonRun
{
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<ComparedPipeline> _pipelines;
    private readonly IReadOnlyList<ComparedText> _texts;
    private readonly ComparedTasks _tasks;
    private readonly ComparisonSettings _settings;
    private readonly StateFile? _file;
    private readonly ComparisonState _state;
    private readonly TextCuts _cuts;
    private readonly DraftFigures?[] _drafts;

    // Saved after the first window, so that an unwritable path is reported before hours are spent.
    private long? _kept;

    /// <summary>Starts or resumes a comparison.</summary>
    /// <param name="pipelines">At least two, or one if there are tasks, with the same tokenizer; owned by the caller.</param>
    /// <param name="texts">At least one.</param>
    /// <param name="settings">Settings of the measurement.</param>
    /// <param name="file">State file until it is finished; null for none.</param>
    /// <exception cref="ComparisonException">The pipelines are not comparable, a setting is wrong, or the file belongs to another comparison.</exception>
    /// <param name="tasks">Tasks after the texts; null for none.</param>
    public ComparisonRun(IReadOnlyList<ComparedPipeline> pipelines, IReadOnlyList<ComparedText> texts, ComparisonSettings settings, StateFile? file = null, ComparedTasks? tasks = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Window.Require();
        (_pipelines, _texts, _tasks, _settings, _file) = (pipelines, texts, tasks ?? ComparedTasks.None, settings, file);
        Comparability.Require(pipelines, _tasks.Any);
        string fingerprint = Fingerprint.Of(pipelines, texts, _tasks, settings);
        ComparisonState? kept = file?.Read(fingerprint);
        (_state, Resumed) = (kept ?? ComparisonState.New(fingerprint, [.. pipelines.Select(pipeline => pipeline.Model.Pipeline.Model.Layers.Length)], texts.Count, _tasks.Questions.Count, _tasks.Needles.Count), kept is not null);
        _cuts = new(pipelines[0].Model.Tokenizer);
        _drafts = new DraftFigures?[pipelines.Count];
    }

    /// <summary>Whether it resumes an interrupted one.</summary>
    public bool Resumed { get; }

    /// <summary>Display names of the successive parts: the texts, the tasks, and the speed measurement.</summary>
    public IReadOnlyList<string> Parts => [.. _texts.Select(text => text.Name), .. _tasks.Questions.Select(task => task.Name), .. _tasks.Needles.Select(task => task.Name), .. _settings.Speed is null ? Array.Empty<string>() : ["speed"]];

    /// <summary>Receives the index of one of the <see cref="Parts"/> and its progress, 0 to 1.</summary>
    public Action<int, double>? Progress { get; set; }

    /// <summary>Runs the remaining work.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; finished work is kept in the file.</exception>
    /// <exception cref="ComparisonException">A text has no window.</exception>
    /// <exception cref="IOException">The file cannot be written, or a text cannot be read.</exception>
    public ComparisonResult Run(CancellationToken cancellation = default)
    {
        try
        {
            // Its batches serve what comes after it.
            using (TextComparison comparison = new(_pipelines, _settings.Window))
            {
                for (int i = 0; i < _texts.Count; i++)
                    Compare(comparison, i, cancellation);
            }

            for (int i = 0; i < _tasks.Questions.Count; i++)
                Ask(i, cancellation);

            for (int i = 0; i < _tasks.Needles.Count; i++)
                LookFor(i, cancellation);

            MeasureSpeed(cancellation);
            MeasureDrafts(cancellation);
        }
        catch (OperationCanceledException)
        {
            Keep();
            throw;
        }

        Keep();
        return new Summary(_pipelines, _texts, _tasks, _settings, _state, _drafts).Result();
    }

    private void Compare(TextComparison comparison, int index, CancellationToken cancellation)
    {
        (ComparedText text, TextSums sums) = (_texts[index], _state.Texts[index]);
        if (sums.Finished)
            return;

        using WindowReader windows = new(text, _pipelines[0].Model.Tokenizer, _cuts, _settings.Window, _settings.ParseSpecial);
        int[] window = new int[_settings.Window.Tokens];
        while ((_settings.MaxWindows is not { } most || windows.Windows < most) && Read(windows, window, sums, cancellation))
        {
            Timed(comparison, () => comparison.Compare(window, sums, cancellation));
            Progress?.Invoke(index, Math.Min(Done(windows), 0.999));
            KeepNowAndThen();
        }

        if (sums.Windows == 0)
            throw new ComparisonException($"{text.Name}: the text has {windows.Rest} tokens, fewer than a window ({_settings.Window.Tokens}). Use a longer text or a smaller --window.");

        sums.Finished = true;
        Progress?.Invoke(index, 1);
    }

    /// <summary>The next unfinished window.</summary>
    private bool Read(WindowReader windows, int[] window, TextSums sums, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        bool read = windows.Read(window);
        while (read && windows.Windows <= sums.Windows)
        {
            cancellation.ThrowIfCancellationRequested();
            read = windows.Read(window);
        }

        _state.OwnSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        return read;
    }

    private double Done(WindowReader windows) =>
        _settings.MaxWindows is { } most ? Math.Max((double)windows.Windows / most, windows.Done) : windows.Done;

    private void Timed(TextComparison comparison, Action work)
    {
        TimeSpan[] before = [.. comparison.Forward];
        long start = Stopwatch.GetTimestamp();
        work();
        TimeSpan forward = TimeSpan.Zero;
        foreach ((int pipeline, TimeSpan after) in comparison.Forward.Index())
        {
            _state.ForwardSeconds[pipeline] += (after - before[pipeline]).TotalSeconds;
            forward += after - before[pipeline];
        }

        _state.OwnSeconds += (Stopwatch.GetElapsedTime(start) - forward).TotalSeconds;
    }

    private void Ask(int index, CancellationToken cancellation)
    {
        (ComparisonTask task, TaskSums sums) = (_tasks.Questions[index], _state.Tasks[index]);
        TaskJudge[] judges = [.. _pipelines.Select(pipeline => new TaskJudge(pipeline))];
        try
        {
            while (sums.Done < task.Items.Count)
            {
                (double[] Values, long Flops)[] asked = [.. judges.Select(judge => judge.Ask(task.Kind, task.Items[sums.Done], cancellation))];
                for (int i = 0; i < asked.Length; i++)
                {
                    sums.Values[i].AddRange(asked[i].Values);
                    sums.Flops[i] += asked[i].Flops;
                }

                sums.Done++;
                Progress?.Invoke(_texts.Count + index, (double)sums.Done / task.Items.Count);
                KeepNowAndThen();
            }
        }
        finally
        {
            foreach (TaskJudge judge in judges)
                judge.Dispose();
        }
    }

    private void LookFor(int index, CancellationToken cancellation) =>
        new NeedleRun(_pipelines, _tasks.Needles[index], _state.Needles[index]).Run(
            done =>
            {
                Progress?.Invoke(_texts.Count + _tasks.Questions.Count + index, done);
                KeepNowAndThen();
            },
            cancellation);

    private void MeasureSpeed(CancellationToken cancellation)
    {
        if (_settings.Speed is not { } speed || _state.Speed.Prefill[0].Count >= speed.Repeats)
            return;

        int[] tokens = SpeedMeter.Tokens(_texts[0], _pipelines[0].Model.Tokenizer, _cuts, speed, _settings.ParseSpecial);
        SpeedMeter meter = new(_pipelines, speed);
        meter.Measure(tokens, 0, _state.Speed, cancellation);
        while (_state.Speed.Prefill[0].Count < speed.Repeats)
        {
            meter.Measure(tokens, _state.Speed.Prefill[0].Count + 1, _state.Speed, cancellation);
            Progress?.Invoke(Parts.Count - 1, (double)_state.Speed.Prefill[0].Count / speed.Repeats);
        }
    }

    // Repeated when a comparison is resumed: it takes seconds.
    private void MeasureDrafts(CancellationToken cancellation)
    {
        if (_settings.Speed is not { } speed)
            return;

        for (int i = 0; i < _pipelines.Count; i++)
        {
            if (_pipelines[i].Model.Pipeline.Drafts is false)
                continue;

            DraftMeter meter = new(_pipelines[i], speed);
            foreach (ComparedText text in _texts)
                meter.Measure(SpeedMeter.Tokens(text, _pipelines[0].Model.Tokenizer, _cuts, speed, _settings.ParseSpecial)[..speed.Prompt], cancellation);

            _drafts[i] = meter.Figures();
        }
    }

    private void KeepNowAndThen()
    {
        if (_kept is not { } before || Stopwatch.GetElapsedTime(before) > KeepEvery)
            Keep();
    }

    private void Keep()
    {
        long start = Stopwatch.GetTimestamp();
        _file?.Write(_state);
        _kept = Stopwatch.GetTimestamp();
        _state.OwnSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
