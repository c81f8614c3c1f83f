using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Models;

namespace Spud.Host;

/// <summary><c>spud calibrate exits</c>: trains exits behind inner layers, for depth policy "exit".</summary>
internal sealed class CalibrateExitsCommand
{
    private const int DefaultTokens = 16384, Window = 512;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly Option<string[]> _files = new("--file", "-f") { Description = "A text to train on; may be repeated.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _parseSpecial = TextArguments.SpecialOption("");
    private readonly Option<string?> _layers = new("--layers") { Description = "Layers behind which tokens may leave, such as 18,22. Default: behind two thirds and five sixths of the layers.", HelpName = "LAYERS" };
    private readonly Option<int?> _maxTokens = Values.Integer("--max-tokens", 64, 1 << 20, $"Train on the first N tokens of each text, in windows of {Window}; the last fifth of all is held out. Default: {DefaultTokens}, over all texts.");
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The pack to write. Default: MODEL.exit.gguf in the current folder; beside the model it needs no name in a pipeline.", HelpName = "FILE" };

    private CalibrateExitsCommand(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _files, _parseSpecial, _layers, _maxTokens, _output })
            command.Options.Add(option);

        _pipeline = new(command, shell);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("exits", "Train exits behind inner layers, and write a pack for depth policy 'exit'.");
        _ = new CalibrateExitsCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_files) is { Length: > 0 } given ? given : throw new BadInputException("no text is given. Give at least one with -f FILE.");
        string path = ModelLoader.ModelOf(_pipeline.Document(parsed));
        int rows = parsed.GetValue(_maxTokens) is { } each ? each * files.Length : DefaultTokens;
        string[] texts = [.. files.Select(file => InputText.Read(file, _shell))];
        using OutputFile output = _shell.Files.Create(parsed.GetValue(_output) ?? Path.GetFileName(PackFile.BesideModel(path, "exit")));
        (ImmutableArray<int> layers, ExitProbe? probe) = ([], null);
        ModelLoader loader = new(_pipeline, _shell)
        {
            LogitRows = ScoreCommand.LogitRows,
            ContextTokens = Window,
            IgnoresBudget = true,
            DepthProbe = model =>
            {
                layers = LayersOf(parsed.GetValue(_layers), model.Layers.Length);
                return probe = new([.. layers, model.Layers.Length - 1], rows, model.HiddenWidth);
            },
        };
        using LanguageModel model = loader.Load(parsed);
        int[][][] windows = [.. texts.Select(text => TextBeginning.Ids(model.Tokenizer, text, rows / texts.Length, parsed.GetValue(_parseSpecial)).Chunk(Window).ToArray())];
        int[][] mixed = Mixed(windows);
        if (mixed.Sum(static window => window.Length) < 2 * model.Pipeline.Model.HiddenWidth)
            throw new BadInputException($"the texts have {mixed.Sum(static window => window.Length)} tokens; at least {2 * model.Pipeline.Model.HiddenWidth} are needed to train exits of this model, whose hidden width is {model.Pipeline.Model.HiddenWidth}.");

        using Interrupts.Section section = _shell.Interrupts.Begin();
        CancellationToken cancellation = section.Token;
        ImmutableArray<FittedExit> exits = CalibrationBar.Show(_shell, progress => new ExitCalibrator(model, probe!, layers, mixed, cancellation) { Progress = progress }.Fit());
        output.Write(ExitPack.Write(ModelHash.Of(model.Pipeline.File), exits, string.Join(", ", files.Select(Path.GetFileName))));
        output.Complete();
        Print(exits);
        _shell.Out.WriteLine($"written: {output.Path}, for \"depth\": {{ \"use\": \"exit\", \"layers\": \"{string.Join(',', layers)}\", \"pack\": \"{Path.GetFileName(output.Path)}\" }}");
        return ExitCodes.Done;
    }

    private static ImmutableArray<int> LayersOf(string? text, int count)
    {
        if (text is null)
            return count < 3 ? throw new BadInputException($"the model has {count} layers, too few to leave early.") : [.. new[] { count * 2 / 3 - 1, count * 5 / 6 - 1 }.Distinct()];
        if (!LayerSet.TryParse(text, out LayerSet? layers))
            throw new BadInputException($"--layers: expected numbers such as 18,22 or 16-20, got '{text}'.");

        ImmutableArray<int> named = [.. Enumerable.Range(0, count - 1).Where(layers.Contains)];
        return !named.IsEmpty && !layers.Contains(count - 1) ? named : throw new BadInputException($"--layers: the model has {count} layers; expected numbers from 0 to {count - 2}, got '{text}'.");
    }

    // One window of each text after the other, so that the rows that are held out are of all kinds.
    private static int[][] Mixed(int[][][] windows) =>
        [.. Enumerable.Range(0, windows.Max(static text => text.Length)).SelectMany(i => windows.Where(text => i < text.Length).Select(text => text[i])).Where(static window => window.Length > 1)];

    private void Print(ImmutableArray<FittedExit> exits)
    {
        TextTable table = new(">>>>");
        table.Add("layer", "threshold", "leave", "same token");
        foreach (FittedExit exit in exits)
        {
            table.Add($"{exit.Layer}", "0", Number(1), Number(exit.Agreement));
            foreach (ExitThreshold threshold in exit.Thresholds)
                table.Add($"{exit.Layer}", threshold.Threshold.ToString(CultureInfo.InvariantCulture), Number(threshold.Leave), threshold.Agree is { } agree ? Number(agree) : "");
        }

        table.Write(_shell.Out, indent: "");
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
