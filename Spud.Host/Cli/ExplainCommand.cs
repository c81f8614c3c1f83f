using System.CommandLine;
using Spud.Composition;
using Spud.Configuration;

namespace Spud.Host;

/// <summary><c>spud explain</c>: composes a pipeline and prints its configuration and estimated cost.</summary>
internal static class ExplainCommand
{
    public static Command Create(Shell shell)
    {
        Command command = new("explain", "Show a pipeline's components, memory and compute.");
        PipelineArguments arguments = new(command, shell);
        Option<bool> json = new("--json") { Description = "Print one JSON document." };
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            PipelineDocument document = arguments.Document(parsed);
            string model = ModelLoader.ModelOf(document);
            PipelineOptions options = new() { DefaultModel = model, Threads = arguments.Threads(parsed), Log = line => shell.Say($"note: {line}") };
            using Pipeline pipeline = Loading.Show($"composing {Path.GetFileName(model)}", () => Pipeline.Compose(document, arguments.Catalog(parsed), options), shell);
            PipelineExplanation explanation = PipelineExplanation.Of(pipeline);
            if (parsed.GetValue(json))
                shell.WriteJson(explanation, InspectionJson.Readable.PipelineExplanation);
            else
                new ExplanationText(shell.Out).Write(explanation);
            return ExitCodes.Done;
        });
        return command;
    }
}
