using System.CommandLine;
using Spud.Training.Drafts;

namespace Spud.Training.Cli;

/// <summary><c>rows</c>: the final hidden rows of answers.</summary>
internal static class RowsCommand
{
    public static Command Create(CancellationToken cancel)
    {
        Option<string> answers = new("--answers") { Description = "File of the answers; the rows go to FILE.rows.", Required = true, HelpName = "FILE" };
        Command command = new("rows", "Compute the final hidden row before each token of answers.") { AnswersCommand.Model, AnswersCommand.Plugins, AnswersCommand.Threads, answers };
        command.SetAction(parsed => Run(AnswersCommand.Load(parsed, sequences: 1), parsed.GetRequiredValue(answers), cancel));
        return command;
    }

    private static int Run(LanguageModel model, string path, CancellationToken cancel)
    {
        using (model)
        {
            int width = model.Pipeline.Model.HiddenWidth, rows = 0;
            using FileStream file = File.Create($"{path}.rows");
            foreach (GreedyAnswer answer in GreedyAnswer.Load(path).Where(static answer => answer.Tokens > 0))
            {
                float[] all = model.ReadRows(answer.Ids[..^1], cancel);
                byte[] own = new byte[answer.Tokens * width * sizeof(float)];
                Buffer.BlockCopy(all, (answer.PromptTokens - 1) * width * sizeof(float), own, 0, own.Length);
                file.Write(own);
                rows += answer.Tokens;
            }

            Console.Out.WriteLine($"{path}.rows: {rows} rows of {width}");
            return ExitCodes.Done;
        }
    }
}
