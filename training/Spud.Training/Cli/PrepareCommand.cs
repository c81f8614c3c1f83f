using System.CommandLine;
using Spud.Training.Data;

namespace Spud.Training.Cli;

/// <summary><c>prepare</c>: encodes texts as files of token ids.</summary>
internal static class PrepareCommand
{
    public static Command Create()
    {
        Option<string> text = new("--text") { Description = "Folder with NAME.train.txt and NAME.valid.txt for each domain.", Required = true, HelpName = "DIR" };
        Option<string> tokenizer = new("--tokenizer") { Description = "The tokenizer's pieces.jsonl.", Required = true, HelpName = "FILE" };
        Option<string> output = new("--out") { Description = "Folder for NAME.train.ids and NAME.valid.ids.", Required = true, HelpName = "DIR" };
        Command command = new("prepare", "Turn texts into files of token ids, once for all runs.") { text, tokenizer, output };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(text), parsed.GetRequiredValue(tokenizer), parsed.GetRequiredValue(output)));
        return command;
    }

    private static int Run(string text, string tokenizer, string output)
    {
        TokenizerFile pieces = new(tokenizer);
        string[] files = Directory.Exists(text) ? [.. Directory.EnumerateFiles(text, "*.txt").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
            throw new TrainingException($"{text}: expected files NAME.train.txt and NAME.valid.txt, got none.");

        Directory.CreateDirectory(output);
        foreach (string file in files)
        {
            string ids = Path.Combine(output, Path.GetFileNameWithoutExtension(file) + ".ids");
            Console.Out.WriteLine($"{ids}: {CorpusEncoder.Encode(file, pieces, ids)} tokens");
        }

        return ExitCodes.Done;
    }
}
