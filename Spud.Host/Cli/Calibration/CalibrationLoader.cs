using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>Composes the pipeline of a calibration: all experts of every row, from the router that a pipeline gets when it names none; a probe cuts.</summary>
internal static class CalibrationLoader
{
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">The command's pipeline options.</param>
    /// <param name="shell">Gets notes and progress.</param>
    /// <param name="goal">How many experts are noted.</param>
    /// <param name="pool">Which experts a text may use; null: all.</param>
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

    /// <summary>Fits rules, with progress; Ctrl-C ends it.</summary>
    /// <exception cref="CalibrationException">The model computes no perplexity, or the goal cannot be reached.</exception>
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
