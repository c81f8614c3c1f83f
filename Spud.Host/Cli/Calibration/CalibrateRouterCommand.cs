using System.CommandLine;
using System.Globalization;
using Spud.Evaluation.Calibration;
using Spud.Models;

namespace Spud.Host;

/// <summary><c>spud calibrate router</c>: creates the pack of router "hierarchical" for a model, from texts of several kinds.</summary>
internal sealed class CalibrateRouterCommand
{
    private const int DefaultTokens = 8192;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly GoalArguments _goal;
    private readonly Option<string[]> _texts = new("--file", "-f") { Description = "A text of a kind, to be repeated: -f coding=code.txt.", HelpName = "LABEL=FILE", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _parseSpecial = TextArguments.SpecialOption("");
    private readonly Option<int?> _pool = Values.Integer("--pool", 1, 1024, "Experts of a layer that a text may use. Default: a quarter of them, and at least twice as many as the model was trained with.");
    private readonly Option<float?> _minMass = Values.Number("--min-mass", 0, 1, "Use all experts where the pool has less than this share of a text's router probability. Default: 0.5.");
    private readonly Option<float?> _halfLife = Values.Number("--half-life", 1, 1e9f, "Tokens after which a token counts half for the pool. Default: 1024.");
    private readonly Option<int?> _maxTokens = Values.Integer("--max-tokens", 2, 1 << 20, $"Fit on the first N tokens of each text. Default: {DefaultTokens}.");
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The pack to write. Default: the model's name with .router.gguf, in the current folder.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print what was fitted as JSON." };

    private CalibrateRouterCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_texts);
        command.Options.Add(_parseSpecial);
        _goal = new(command, "the texts");
        foreach (Option option in new Option[] { _pool, _minMass, _halfLife, _maxTokens, _output })
            command.Options.Add(option);

        _pipeline = new(command, shell);
        command.Options.Add(_json);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("router", "Make the pack of router 'hierarchical' for a mixture: pools, numbers of experts, and what kinds of text look like.");
        _ = new CalibrateRouterCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        LabelledText[] texts = LabelledText.Parse(parsed.GetValue(_texts) ?? []);
        string path = ModelLoader.ModelOf(_pipeline.Document(parsed));
        CalibrationGoal goal = _goal.Goal(parsed, path);
        PoolRule pool = new(goal.PoolOf(path, parsed.GetValue(_pool)), parsed.GetValue(_minMass) ?? PoolRule.DefaultMinMass, parsed.GetValue(_halfLife) ?? PoolRule.DefaultHalfLife);
        using OutputFile output = _shell.Files.Create(parsed.GetValue(_output) ?? Path.GetFileNameWithoutExtension(path) + ".router.gguf");

        (LanguageModel model, RoutingProbe probe) = CalibrationLoader.Load(parsed, _pipeline, _shell, goal, pool);
        using LanguageModel owned = model;
        (int[] Window, int Label)[] windows = [.. texts.SelectMany((text, label) =>
            text.Windows(model, parsed.GetValue(_maxTokens) ?? DefaultTokens, parsed.GetValue(_parseSpecial), _shell).Select(window => (window, label)))];
        CalibrationFit fit = CalibrationLoader.Fit(_shell, model, probe, goal, [.. windows.Select(window => window.Window)]);
        RouterPack pack = new()
        {
            ModelHash = ModelHash.Of(model.Pipeline.File),
            Fit = fit,
            Pool = pool,
            MinExperts = goal.Least,
            MaxExperts = goal.Most,
            Labels = LabelFit.Of([.. texts.Select(text => text.Label)], [.. windows.Select(window => window.Label)], probe),
        };
        output.Write(pack.ToGguf());
        output.Complete();
        RouterPackSummary summary = RouterPackSummary.Of(pack, windows.Sum(window => window.Window.Length));
        if (parsed.GetValue(_json))
            _shell.WriteJson(summary, CalibrationJson.Compact.RouterPackSummary);
        else
            Print(summary, output.Path);

        return ExitCodes.Done;
    }

    private void Print(RouterPackSummary pack, string path)
    {
        TextTable table = new(">>>>");
        table.Add("layer", "threshold", "temperature", "experts");
        foreach (CalibratedLayer layer in pack.Layers)
            table.Add($"{layer.Layer}", Number(layer.Threshold, "0.0000"), Number(layer.Temperature, "0.##"), Number(layer.Experts, "0.000"));

        table.Write(_shell.Out, indent: "");
        _shell.Out.WriteLine(FormattableString.Invariant($"{pack.Experts:0.000} experts per token of a pool of {pack.Pool}, perplexity ratio {pack.PerplexityRatio:0.0000} over {pack.Tokens} tokens"));
        _shell.Out.WriteLine(FormattableString.Invariant($"kinds of text: {string.Join(", ", pack.Labels)}; right after 64 tokens {pack.AccuracyAt64:0.0%}, after 128 tokens {pack.AccuracyAt128:0.0%}, of pieces that were not fitted to"));
        _shell.Out.WriteLine($"written: {path}, for \"router\": {{ \"use\": \"hierarchical\", \"pack\": \"{Path.GetFileName(path)}\" }}");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
