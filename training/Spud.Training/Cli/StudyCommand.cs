using System.CommandLine;
using Spud.Training.Runs;

namespace Spud.Training.Cli;

/// <summary><c>study</c>: trains all runs of a list.</summary>
internal static class StudyCommand
{
    public static Command Create(CancellationToken cancel)
    {
        Argument<string> list = new("LIST") { Description = "A file with the name of a configuration on each line; they lie in the folder configs next to it." };
        Option<int> workers = new("--workers") { Description = "Runs at once; each takes one thread.", DefaultValueFactory = static _ => 2, HelpName = "N" };
        Command command = new("study", "Train all runs of a list in order; those that are finished are passed over, others go on.") { list, TrainCommand.Data, TrainCommand.Runs, TrainCommand.Hours, workers };
        command.SetAction(async (parsed, _) =>
        {
            Study study = new(Study.Read(parsed.GetRequiredValue(list)), parsed.GetRequiredValue(TrainCommand.Data), parsed.GetRequiredValue(TrainCommand.Runs), parsed.GetValue(TrainCommand.Hours));
            IReadOnlyList<string> left = await study.RunAsync(parsed.GetValue(workers), cancel).ConfigureAwait(false);
            if (left.Count == 0)
                return ExitCodes.Done;

            await Console.Error.WriteLineAsync($"error: not trained: {string.Join(", ", left)}").ConfigureAwait(false);
            return ExitCodes.Failed;
        });
        return command;
    }
}
