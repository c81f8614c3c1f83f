using System.CommandLine;
using Spud.Training.Analysis;
using Spud.Training.Runs;

namespace Spud.Training.Cli;

/// <summary><c>collision</c>: measures how much domains use the same experts.</summary>
internal static class CollisionCommand
{
    public static Command Create()
    {
        Argument<string[]> logs = new("LOG") { Description = "log.jsonl of a mixture's run; may be repeated.", Arity = ArgumentArity.OneOrMore };
        Command command = new("collision", "How far domains use the same experts, by a run's last evaluation: overlap of shares, and mutual information of domain and expert.") { logs };
        command.SetAction(parsed =>
        {
            foreach (string log in parsed.GetRequiredValue(logs))
                Print(log);

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(string log)
    {
        EvaluationLine line = RunLog.Lines(log).Select(static line => line.Line).OfType<EvaluationLine>().LastOrDefault(static line => line.Experts is not null)
            ?? throw new TrainingException($"{log}: expected the log of a mixture's run with an evaluation in it.");
        Console.Out.WriteLine($"{log}: step {line.Step}");
        for (int layer = 0; layer < line.Experts!.Values.First().Length; layer++)
        {
            Collision collision = Collision.Of(line.Experts.ToDictionary(static domain => domain.Key, domain => domain.Value[layer]));
            Console.Out.WriteLine($"layer {layer}  information {collision.Information:0.000} bits  overlap {string.Join(", ", collision.Overlaps.Select(static pair => $"{pair.One} and {pair.Other} {pair.Overlap:0.000}"))}");
        }
    }
}
