using System.CommandLine;
using System.Diagnostics;
using Spud.Models;
using Spud.Training.Drafts;
using Spud.Training.Native;
using TorchSharp;

namespace Spud.Training.Cli;

/// <summary><c>heads</c>: trains the blocks of drafter "heads".</summary>
internal static class HeadsCommand
{
    private const string Embedding = "token_embd.weight";

    public static Command Create(CancellationToken cancel)
    {
        Option<string> train = new("--train") { Description = "File of answers, with FILE.rows beside it.", Required = true, HelpName = "FILE" };
        Option<string> valid = new("--valid") { Description = "Held-out answers, likewise.", Required = true, HelpName = "FILE" };
        Option<int> blocks = new("--blocks") { Description = "Number of blocks, 1 to 4.", DefaultValueFactory = static _ => 3, HelpName = "N" };
        Option<bool> seesTokens = new("--sees-tokens") { Description = "Blocks see the token before their position." };
        Option<int> tokens = new("--tokens") { Description = "Number of tokens that can be proposed.", DefaultValueFactory = static _ => 8000, HelpName = "N" };
        Option<double> epochs = new("--epochs") { Description = "How often each row is seen.", DefaultValueFactory = static _ => 6, HelpName = "N" };
        Option<double> rate = new("--rate") { Description = "Maximum learning rate.", DefaultValueFactory = static _ => 5e-4, HelpName = "X" };
        Option<string> output = new("--out") { Description = "The pack.", Required = true, HelpName = "FILE" };
        Command command = new("heads", "Train blocks on a model's final hidden row that guess the tokens behind the next one.") { AnswersCommand.Model, AnswersCommand.Threads, train, valid, blocks, seesTokens, tokens, epochs, rate, output };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(blocks) is not (>= 1 and <= 4) and int wrong)
                throw new TrainingException($"--blocks: expected 1 to 4, got {wrong}.");

            TorchLibrary.Load();
            torch.set_num_threads(parsed.GetValue(AnswersCommand.Threads));
            using GgufFile model = GgufFile.Open(parsed.GetRequiredValue(AnswersCommand.Model));
            if (model.Tensors.Any(static tensor => tensor.Name == "output.weight"))
                throw new TrainingException($"{model.Path}: has an output matrix of its own; expected one that is tied to the embedding.");

            GreedyAnswer[] answers = GreedyAnswer.Load(parsed.GetRequiredValue(train)), heldOut = GreedyAnswer.Load(parsed.GetRequiredValue(valid));
            int width = (int)model.Tensors.First(static tensor => tensor.Name == Embedding).Shape[^1];
            int[] frequent = Frequent(answers, parsed.GetValue(tokens));
            HeadSamples samples = new(answers, $"{parsed.GetRequiredValue(train)}.rows", width), test = new(heldOut, $"{parsed.GetRequiredValue(valid)}.rows", width);
            using HeadModel heads = new(parsed.GetValue(blocks), parsed.GetValue(seesTokens), HeadPack.Expanded(model, Embedding), width, frequent);
            HeadTrainer trainer = new(heads, batch: 512);
            long start = Stopwatch.GetTimestamp();
            trainer.Train(samples, parsed.GetValue(epochs), parsed.GetValue(rate), Console.Out.WriteLine, cancel);
            double coverage = Coverage(heldOut, frequent);
            Console.Out.WriteLine($"{samples.Count} rows, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; {frequent.Length} tokens are {coverage:0.0000} of held-out answers");
            Report(trainer.Acceptance(test));
            HeadPack.Write(heads, model, coverage, parsed.GetRequiredValue(output));
            return ExitCodes.Done;
        });
        return command;
    }

    // Ids that the answers do not have follow in their own order: tokenizers number merges by frequency.
    private static int[] Frequent(GreedyAnswer[] answers, int count)
    {
        Dictionary<int, int> counts = [];
        foreach (int id in answers.SelectMany(static answer => answer.Ids))
            counts[id] = counts.GetValueOrDefault(id) + 1;

        int[] known = [.. counts.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key).Select(static pair => pair.Key).Take(count)];
        return [.. known.Concat(Enumerable.Range(0, 2 * count).Except(known).Take(count - known.Length)).Order()];
    }

    private static double Coverage(GreedyAnswer[] answers, int[] tokens)
    {
        HashSet<int> known = [.. tokens];
        int[] all = [.. answers.SelectMany(static answer => answer.Ids[answer.PromptTokens..])];
        return all.Count(known.Contains) / (double)Math.Max(1, all.Length);
    }

    private static void Report(double[][] acceptance)
    {
        for (int domain = 0; domain < acceptance.Length; domain++)
        {
            string name = domain < PromptSet.Domains.Length ? PromptSet.Domains[domain] : "all";
            Console.Out.WriteLine($"{name}: accepted up to position {string.Join(", ", acceptance[domain].Select(static (part, k) => $"{k + 1}: {part:0.000}"))}; {1 + acceptance[domain].Sum():0.00} tokens per step");
        }
    }
}
