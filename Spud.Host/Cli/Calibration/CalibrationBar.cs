using System.Runtime.CompilerServices;
using Spectre.Console;
using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>Shows the progress of a calibration, if a person is at a terminal.</summary>
internal static class CalibrationBar
{
    /// <summary>Runs work on the calling thread.</summary>
    /// <param name="shell">Progress is written to its standard error, if that is a terminal.</param>
    /// <param name="work">Receives the progress callback; null if progress is not shown.</param>
    public static T Show<T>(Shell shell, Func<Action<CalibrationProgress>?, T> work) =>
        shell.ErrorIsTerminal ? Bar(shell, work) : work(null);

    // In a separate method, so that the library is loaded only when progress is shown.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Bar<T>(Shell shell, Func<Action<CalibrationProgress>?, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(shell.RawError) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("calibrating", maxValue: 1);
                return work(progress =>
                {
                    task.Description = $"pass {progress.Pass + 1} of at most {progress.PassesAtMost}";
                    task.Value = (progress.Pass + progress.Share) / progress.PassesAtMost;
                });
            });
    }
}
