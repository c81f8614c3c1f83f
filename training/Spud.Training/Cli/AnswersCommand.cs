using System.CommandLine;
using System.Diagnostics;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;
using Spud.Text.ChatTemplates;
using Spud.Training.Drafts;

namespace Spud.Training.Cli;

/// <summary><c>answers</c>: has a model answer prompts greedily, for the training of drafters.</summary>
internal static class AnswersCommand
{
    private const int MaxPromptTokens = 700;

    public static Option<string> Model { get; } = new("--model") { Description = "The frozen model.", Required = true, HelpName = "FILE" };

    public static Option<string> Plugins { get; } = new("--plugins") { Description = "Folder of Spud's plugins.", Required = true, HelpName = "DIR" };

    public static Option<int> Threads { get; } = new("--threads") { Description = "Number of threads.", DefaultValueFactory = static _ => 2, HelpName = "N" };

    public static Command Create(CancellationToken cancel)
    {
        Option<string> text = new("--text") { Description = "Folder with code, prose and reasoning: NAME.train.txt, NAME.valid.txt.", Required = true, HelpName = "DIR" };
        Option<string> set = new("--set") { Description = "train or valid.", DefaultValueFactory = static _ => "train", HelpName = "NAME" };
        Option<int> count = new("--count") { Description = "Number of prompts.", DefaultValueFactory = static _ => 900, HelpName = "N" };
        Option<int> seed = new("--seed") { Description = "Seed of their choice.", DefaultValueFactory = static _ => 1, HelpName = "N" };
        Option<int> tokens = new("--tokens") { Description = "Maximum length of an answer.", DefaultValueFactory = static _ => 256, HelpName = "N" };
        Option<string> output = new("--out") { Description = "File of the answers.", Required = true, HelpName = "FILE" };
        Command command = new("answers", "Have a model answer prompts about code, prose and exercises greedily.") { Model, Plugins, Threads, text, set, count, seed, tokens, output };
        command.SetAction((parsed, _) => RunAsync(
            Load(parsed, sequences: 16), new PromptSet(parsed.GetRequiredValue(text), parsed.GetValue(set)!, parsed.GetValue(seed)), parsed.GetValue(count), parsed.GetValue(tokens), parsed.GetRequiredValue(output), cancel));
        return command;
    }

    /// <summary>Loads the model that a command names.</summary>
    public static LanguageModel Load(ParseResult parsed, int sequences) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={parsed.GetRequiredValue(Model)}", "context=1024"]), PluginCatalog.Discover([parsed.GetRequiredValue(Plugins)]),
        new() { Threads = parsed.GetValue(Threads), Sequences = sequences });

    private static async Task<int> RunAsync(LanguageModel model, PromptSet prompts, int count, int tokens, string output, CancellationToken cancel)
    {
        using (model)
        {
            int[][] all = [.. Enumerable.Range(0, count).Select(i => model.Encode([new ChatMessage("user", prompts.Next(i % PromptSet.Domains.Length))]))];
            long start = Stopwatch.GetTimestamp();
            await using FileStream file = File.Create(output);
            await using BinaryWriter writer = new(file);
            (int answers, long total, Lock gate) = (0, 0, new Lock());
            await Task.WhenAll(all.Select(async (prompt, i) =>
            {
                if (prompt.Length > MaxPromptTokens)
                    return;

                List<int> ids = [.. prompt];
                await foreach (TextPiece piece in model.Generate(prompt, new() { MaxTokens = tokens, Sampling = new() { Temperature = 0 } }, cancel))
                {
                    if (piece.Token is { } token)
                        ids.Add(token);
                }

                cancel.ThrowIfCancellationRequested();
                lock (gate)
                {
                    new GreedyAnswer(i % PromptSet.Domains.Length, [.. ids], prompt.Length).Write(writer);
                    total += ids.Count - prompt.Length;
                    if (++answers % 50 == 0)
                        Console.Out.WriteLine($"{answers} answers, {total} tokens, {total / Stopwatch.GetElapsedTime(start).TotalSeconds:0} tokens/s");
                }
            }));
            Console.Out.WriteLine($"{output}: {answers} answers, {total} tokens");
            return ExitCodes.Done;
        }
    }
}
