using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Generation;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud calibrate depth</c>: finds out which layers cost least when they are left out, for depth policy "skip".</summary>
internal sealed class CalibrateDepthCommand
{
    private const int DefaultTokens = 2048, DefaultCount = 4, DefaultTried = 8, Window = 512;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly TextArguments _text;
    private readonly Option<int?> _count = Values.Integer("--layers", 1, 1023, $"Leave out up to N layers. Default: {DefaultCount}.");
    private readonly Option<int?> _tried = Values.Integer("--tried", 1, 1024, $"From the second layer on, try the N layers that are cheapest alone. Default: {DefaultTried}.");
    private readonly Option<int?> _maxTokens = Values.Integer("--max-tokens", 2, 1 << 20, $"Measure on the first N tokens of the text, in windows of {Window}. Default: {DefaultTokens}.");

    private CalibrateDepthCommand(Command command, Shell shell)
    {
        _shell = shell;
        _text = new(command);
        foreach (Option option in new Option[] { _count, _tried, _maxTokens })
            command.Options.Add(option);

        _pipeline = new(command, shell);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("depth", "Find out which layers cost least when depth policy 'skip' leaves them out.");
        _ = new CalibrateDepthCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string text = _text.Read(parsed, _shell);
        PluginCatalog plugins = _pipeline.Catalog(parsed);
        using StepLoop loop = new(_pipeline.Threads(parsed));
        using LanguageModel whole = Load([]);
        int layers = whole.Pipeline.Model.Layers.Length, count = parsed.GetValue(_count) ?? Math.Min(DefaultCount, layers - 1);
        if (count >= layers)
            throw new BadInputException($"--layers: the model has {layers} layers, of which at least one must stay; expected 1 to {layers - 1}, got {count}.");

        int[][] windows = [.. TextBeginning.Ids(whole.Tokenizer, text, parsed.GetValue(_maxTokens) ?? DefaultTokens, _text.ParseSpecial(parsed)).Chunk(whole.Pipeline.Limits.ContextTokens).Where(static window => window.Length > 1)];
        if (windows.Length == 0)
            throw new BadInputException("the text has fewer than 2 tokens; at least 2 are needed, because the first is never predicted.");

        using Interrupts.Section section = _shell.Interrupts.Begin();
        CancellationToken cancellation = section.Token;
        (ImmutableArray<DepthStep> alone, ImmutableArray<DepthStep> path) = CalibrationBar.Show(_shell, progress =>
        {
            DepthCalibrator calibrator = new(whole, Load, windows, cancellation) { Progress = progress };
            ImmutableArray<DepthStep> each = calibrator.Alone();
            return (each, calibrator.Path(each, count, parsed.GetValue(_tried) ?? DefaultTried));
        });
        Print(alone);
        _shell.Out.WriteLine();
        Print(path);
        _shell.Out.WriteLine($"for example: \"depth\": {{ \"use\": \"skip\", \"layers\": \"{Numbers(path[0])}\" }}");
        return ExitCodes.Done;

        LanguageModel Load(ImmutableArray<int> leftOut)
        {
            string depth = leftOut.IsEmpty ? "none" : $$"""{"use":"skip","layers":"{{string.Join(',', leftOut)}}"}""";
            PipelineDocument document = _pipeline.Document(parsed, Window, [new($"depth={depth}", "calibrate depth")]);
            return LanguageModel.Load(document, plugins, new PipelineOptions { DefaultModel = ModelLoader.ModelOf(document), LogitRows = ScoreCommand.LogitRows, Threads = _pipeline.Threads(parsed) }, loop);
        }
    }

    private void Print(ImmutableArray<DepthStep> steps)
    {
        TextTable table = new("<>>>");
        table.Add("left out", "divergence", "perplexity", "CU/token");
        foreach (DepthStep step in steps)
            table.Add(Numbers(step), Number((decimal)step.Divergence, "0.0000"), Number((decimal)step.Perplexity, "0.0000"), Number(step.ComputeUnits, "0.0000"));

        table.Write(_shell.Out, indent: "");
    }

    private static string Numbers(DepthStep step) => string.Join(',', step.Layers);

    private static string Number(decimal value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
