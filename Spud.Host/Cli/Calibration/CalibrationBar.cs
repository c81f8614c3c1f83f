using System.Diagnostics;
using System.Runtime.CompilerServices;
using Spectre.Console;
using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>Shows the progress of a calibration: as a bar if a person is at a terminal, otherwise in a line every minute.</summary>
internal static class CalibrationBar
{
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromMinutes(1);

    /// <summary>Runs work on the calling thread.</summary>
    /// <param name="shell">Progress is written to its standard error.</param>
    /// <param name="work">Receives the progress callback.</param>
    public static T Show<T>(Shell shell, Func<Action<CalibrationProgress>, T> work) =>
        shell.ErrorIsTerminal ? Bar(shell, work) : work(Lines(shell));

    // In a separate method, so that the library is loaded only when progress is shown.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Bar<T>(Shell shell, Func<Action<CalibrationProgress>, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(shell.RawError) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("calibrating", maxValue: 1);
                return work(progress => (task.Description, task.Value) = (progress.Step, progress.Share));
            });
    }

    private static Action<CalibrationProgress> Lines(Shell shell)
    {
        Stopwatch clock = Stopwatch.StartNew();
        TimeSpan next = s_betweenLines;
        double? first = null;
        return progress =>
        {
            // What an earlier run had finished took no time in this one.
            first ??= progress.Share;
            if (clock.Elapsed < next || progress.Share <= first)
                return;

            next = clock.Elapsed + s_betweenLines;
            double minutes = clock.Elapsed.TotalMinutes * (1 - progress.Share) / (progress.Share - first.Value);
            shell.Say(FormattableString.Invariant($"note: {progress.Step}; {progress.Share:0 %} done, about {Math.Ceiling(minutes)} minutes left"));
        };
    }
}
