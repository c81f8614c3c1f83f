using System.CommandLine;
using System.Globalization;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Models;

namespace Spud.Host;

/// <summary><c>spud calibrate</c>: fits router "dynamic" to a model on a text.</summary>
internal sealed class CalibrateCommand
{
    private const int DefaultTokens = 8192;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly TextArguments _text;
    private readonly GoalArguments _goal;
    private readonly Option<int?> _maxTokens = Values.Integer("--max-tokens", 2, 1 << 20, $"Fit on the first N tokens of the text. Default: {DefaultTokens}.");
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The file to write. Default: the model's name with .calibration.json, in the current folder.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Also print what was written." };

    private CalibrateCommand(Command command, Shell shell)
    {
        _shell = shell;
        _text = new(command);
        _goal = new(command, "the text");
        command.Options.Add(_maxTokens);
        command.Options.Add(_output);
        _pipeline = new(command, shell);
        command.Options.Add(_json);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("calibrate", "Fit the thresholds and temperatures of router 'dynamic' to a model, on a text.");
        _ = new CalibrateCommand(command, shell);
        command.Subcommands.Add(CalibrateDepthCommand.Create(shell));
        command.Subcommands.Add(CalibrateExitsCommand.Create(shell));
        command.Subcommands.Add(CalibrateHeadsCommand.Create(shell));
        command.Subcommands.Add(CalibrateRouterCommand.Create(shell));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string text = _text.Read(parsed, _shell), path = ModelLoader.ModelOf(_pipeline.Document(parsed));
        CalibrationGoal goal = _goal.Goal(parsed, path);
        using OutputFile output = _shell.Files.Create(parsed.GetValue(_output) ?? Path.GetFileNameWithoutExtension(path) + ".calibration.json");

        (LanguageModel model, RoutingProbe probe) = CalibrationLoader.Load(parsed, _pipeline, _shell, goal, pool: null);
        using LanguageModel owned = model;
        int[][] windows = Windows(model, TextBeginning.Ids(model.Tokenizer, text, parsed.GetValue(_maxTokens) ?? DefaultTokens, _text.ParseSpecial(parsed)));
        CalibrationFit fit = CalibrationLoader.Fit(_shell, model, probe, goal, windows);
        CalibrationDocument document = Document(model, goal, fit, windows, _text.Name(parsed));
        output.Write(document.ToJson());
        output.Complete();
        if (parsed.GetValue(_json))
            _shell.WriteJson(document, CalibrationJson.Compact.CalibrationDocument);
        else
            Print(document, output.Path);

        return ExitCodes.Done;
    }

    private static int[][] Windows(LanguageModel model, int[] ids)
    {
        int[][] windows = [.. ids.Chunk(model.Pipeline.Limits.ContextTokens).Where(window => window.Length > 1)];
        return windows.Length > 0 ? windows : throw new BadInputException($"the text has {ids.Length} tokens; at least 2 are needed, because the first is never predicted.");
    }

    private static CalibrationDocument Document(LanguageModel model, CalibrationGoal goal, CalibrationFit fit, int[][] windows, string text) => new(
        CalibrationDocument.KnownFormat,
        new(Path.GetFileName(model.Pipeline.File.Path), ModelHash.Of(model.Pipeline.File)),
        goal.Least,
        goal.Most,
        [.. fit.Layers.Select(layer => new CalibratedLayer(layer.Layer, layer.Rule.Threshold, layer.Rule.Temperature, Math.Round(layer.Experts, 4)))],
        new(
            text, windows.Sum(window => window.Length), windows.Max(window => window.Length), goal.Experts, goal.PerplexityRatio,
            Math.Round(fit.Experts, 4), Math.Round(fit.BaselinePerplexity, 4), Math.Round(fit.PerplexityRatio, 6), fit.Passes));

    private void Print(CalibrationDocument document, string path)
    {
        TextTable table = new(">>>>");
        table.Add("layer", "threshold", "temperature", "experts");
        foreach (CalibratedLayer layer in document.Layers)
            table.Add($"{layer.Layer}", Number(layer.Threshold, "0.0000"), Number(layer.Temperature, "0.##"), Number(layer.Experts, "0.000"));

        table.Write(_shell.Out, indent: "");
        CalibrationSource fitted = document.Fitted;
        _shell.Out.WriteLine(FormattableString.Invariant(
            $"{fitted.Experts:0.000} experts per token, perplexity ratio {fitted.PerplexityRatio:0.0000} over {fitted.Tokens} tokens, {fitted.Passes} passes"));
        _shell.Out.WriteLine($"written: {path}, for \"router\": {{ \"use\": \"dynamic\", \"calibration\": \"{Path.GetFileName(path)}\" }}");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
