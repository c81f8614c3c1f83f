using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>Composes the pipeline of a calibration: all experts for every row, from the default router; a probe limits them.</summary>
internal static class CalibrationLoader
{
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">Pipeline options of the command.</param>
    /// <param name="shell">Receives notes and progress.</param>
    /// <param name="goal">Determines how many experts are recorded.</param>
    /// <param name="pool">Which experts a text may use; null for all.</param>
    public static (LanguageModel Model, RoutingProbe Probe) Load(ParseResult parsed, PipelineArguments arguments, Shell shell, CalibrationGoal goal, PoolRule? pool)
    {
        RoutingProbe? probe = null;
        ModelLoader loader = new(arguments, shell)
        {
            LogitRows = ScoreCommand.LogitRows,
            IgnoresBudget = true,
            Edits = [new($"router={Pipeline.DefaultComponent(Roles.Router, arguments.Catalog(parsed))}", "calibrate"), new($"router.experts={goal.All}", "calibrate")],
            RoutingProbe = (router, model) => probe = new(router, model, goal.Most, pool),
        };
        return (loader.Load(parsed), probe!);
    }

    /// <summary>Fits rules and shows progress; Ctrl-C cancels.</summary>
    /// <exception cref="CalibrationException">The model yields no perplexity, or the goal cannot be reached.</exception>
    public static CalibrationFit Fit(Shell shell, LanguageModel model, RoutingProbe probe, CalibrationGoal goal, IReadOnlyList<int[]> windows)
    {
        using Interrupts.Section section = shell.Interrupts.Begin();
        CancellationToken cancellation = section.Token;
        CalibrationFit fit = CalibrationBar.Show(shell, progress =>
        {
            RouterCalibrator calibrator = new(model, probe, goal.Least, goal.Most, windows) { Progress = progress };
            return goal.Experts is { } experts ? calibrator.FitExperts(experts, cancellation) : calibrator.FitPerplexity(goal.PerplexityRatio!.Value, cancellation);
        });
        return double.IsFinite(fit.BaselinePerplexity)
            ? fit
            : throw new CalibrationException($"{model.Pipeline.File.Path}: no perplexity: logits are infinite or not a number. The model file is damaged, or a component computes it wrongly ('spud explain' lists them).");
    }
}
