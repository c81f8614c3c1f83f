using System.CommandLine;
using Spud.Training.Configuration;
using Spud.Training.Native;
using Spud.Training.Runs;

namespace Spud.Training.Cli;

/// <summary><c>train</c>: starts or resumes one run.</summary>
internal static class TrainCommand
{
    public static readonly Option<string> Data = new("--data") { Description = "Folder that 'prepare' wrote.", Required = true, HelpName = "DIR" };
    public static readonly Option<string> Runs = new("--runs") { Description = "Folder of all runs; each has a folder of its own in it.", Required = true, HelpName = "DIR" };
    public static readonly Option<double> Hours = new("--hours") { Description = "End after so many hours, with a checkpoint.", DefaultValueFactory = static _ => 2, HelpName = "H" };

    public static Command Create(CancellationToken cancel)
    {
        Option<string> config = new("--config") { Description = "The run's configuration; the file's name is the run's.", Required = true, HelpName = "FILE" };
        Option<int?> follow = new("--follow") { Description = "Wait while this process is stopped, and end when it ends.", HelpName = "PID" };
        Command command = new("train", "Train one run, or go on with it. Exit code 3: the time is over, run it again.") { config, Data, Runs, Hours, follow };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(config), parsed.GetRequiredValue(Data), parsed.GetRequiredValue(Runs), TimeSpan.FromHours(parsed.GetValue(Hours)), parsed.GetValue(follow), cancel));
        return command;
    }

    private static int Run(string config, string data, string runs, TimeSpan segment, int? follow, CancellationToken cancel)
    {
        TorchLibrary.Load();
        string name = Path.GetFileNameWithoutExtension(config);
        TrainingConfiguration configuration = PilotedRate.Resolve(TrainingConfiguration.Load(config), Path.GetDirectoryName(Path.GetFullPath(config))!, runs);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using TrainingRun run = new(configuration, data, Path.Combine(runs, name), Console.Error);
        Console.Error.WriteLine($"{name}: step {run.Step} of {configuration.Steps}, rate {configuration.Rate}");
        FollowedProcess? leader = follow is { } id ? new(id) : null;
        bool finished = run.Train(segment, () => leader?.Wait(ended), ended.Token);
        Console.Error.WriteLine($"{name}: step {run.Step} of {configuration.Steps}{(finished ? ", finished" : "")}");
        return finished ? ExitCodes.Done : cancel.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Unfinished;
    }
}
