using System.CommandLine;
using Spud.Training.Analysis;
using Spud.Training.Checkpoints;
using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Native;

namespace Spud.Training.Cli;

/// <summary><c>pools</c>: measures the cost of pools in quality, with controls.</summary>
internal static class PoolsCommand
{
    public static Command Create(CancellationToken cancel)
    {
        Option<string> config = new("--config") { Description = "The run's configuration.", Required = true, HelpName = "FILE" };
        Option<string> checkpoint = new("--checkpoint") { Description = "A checkpoint of it.", Required = true, HelpName = "FILE" };
        Option<int?> size = new("--pool") { Description = "Experts of a pool. Default: a quarter of all.", HelpName = "N" };
        Option<int> windows = new("--windows") { Description = "Validation rows of each domain.", DefaultValueFactory = static _ => 400, HelpName = "N" };
        Command command = new("pools", "The loss of the second half of validation rows with all experts, and with pools: the text's own, another domain's, random ones.") { config, checkpoint, TrainCommand.Data, size, windows };
        command.SetAction(parsed => Run(
            TrainingConfiguration.Load(parsed.GetRequiredValue(config)), parsed.GetRequiredValue(checkpoint), parsed.GetRequiredValue(TrainCommand.Data), parsed.GetValue(size), parsed.GetValue(windows), cancel));
        return command;
    }

    private static int Run(TrainingConfiguration configuration, string checkpoint, string data, int? wanted, int windows, CancellationToken cancel)
    {
        ModelShape shape = configuration.Shape;
        int size = wanted ?? Math.Max(shape.Experts / 4, 2 * shape.ExpertsUsed);
        if (shape.Experts == 1 || size < shape.ExpertsUsed || size > shape.Experts)
            throw new TrainingException($"--pool: expected {shape.ExpertsUsed} to {shape.Experts} experts of a mixture, got {size} of {shape.Experts}.");

        TorchLibrary.Load();
        using ParameterSet parameters = new(Transformer<F32>.Parameters(shape, configuration.Routing));
        if (CheckpointFile.Read(checkpoint, parameters, Console.Error.WriteLine) is null)
            throw new TrainingException($"{checkpoint} is missing: expected a checkpoint of the run.");

        using Corpus corpus = new(data, configuration.Domains, shape.Tokens, shape.Vocabulary, configuration.Seed);
        using PoolControls controls = new(parameters, configuration, corpus);
        foreach ((string domain, PoolLosses losses) in controls.Measure(size, windows, cancel))
            Console.Out.WriteLine($"{domain}: loss {losses.All:0.0000}; perplexity ratio with {size} experts: own {Math.Exp(losses.Own - losses.All):0.0000}, another domain's {Math.Exp(losses.Other - losses.All):0.0000}, random {Math.Exp(losses.Random - losses.All):0.0000}");

        return ExitCodes.Done;
    }
}
