using System.Runtime.CompilerServices;
using Spectre.Console;
using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>Shows how far a calibration is, to a person at a terminal.</summary>
internal static class CalibrationBar
{
    /// <summary>Does work on the calling thread.</summary>
    /// <param name="shell">Progress goes to its errors, if these are a terminal.</param>
    /// <param name="work">Gets what to tell; null: nothing.</param>
    public static T Show<T>(Shell shell, Func<Action<CalibrationProgress>?, T> work) =>
        shell.ErrorIsTerminal ? Bar(shell, work) : work(null);

    // Apart, so that the library is loaded only when there is a wait.
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
