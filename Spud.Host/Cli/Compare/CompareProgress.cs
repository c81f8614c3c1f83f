using System.Runtime.CompilerServices;
using Spectre.Console;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Shows the progress of a comparison and the remaining time, if a person is at a terminal.</summary>
internal static class CompareProgress
{
    /// <summary>Runs a comparison on the calling thread.</summary>
    public static ComparisonResult Show(ComparisonRun run, Shell shell, CancellationToken cancellation) =>
        shell.ErrorIsTerminal ? Draw(run, shell, cancellation) : run.Run(cancellation);

    // In a separate method, so that the library is loaded only when progress is shown.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ComparisonResult Draw(ComparisonRun run, Shell shell, CancellationToken cancellation)
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(shell.RawError) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask[] tasks = [.. run.Parts.Select(part => context.AddTask(Markup.Escape(SafeText.Line(part, 60)), autoStart: false))];
                run.Progress = (part, done) =>
                {
                    tasks[part].StartTask();
                    tasks[part].Value = 100 * done;
                };
                return run.Run(cancellation);
            });
    }
}
