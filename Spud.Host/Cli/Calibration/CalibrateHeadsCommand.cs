using System.CommandLine;
using System.Globalization;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Models;

namespace Spud.Host;

/// <summary><c>spud calibrate heads</c>: measures which KV heads need distant keys, for cache "compressed".</summary>
internal sealed class CalibrateHeadsCommand
{
    // The model is measured, not the pipeline: the effect of one head is smaller than that of rounding to 8 bits.
    private static readonly string[] s_edits =
    [
        """cache={"use":"backend.cpu/plain"}""",
        .. from role in new[] { "head", "attention", "experts" } select $$"""{{role}}={"use":"backend.cpu/cpu","activations":"f32"}""",
    ];

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly Option<string[]> _files = new("--file", "-f") { Description = "A text to calibrate on; may be repeated: texts of different kinds find different heads.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _parseSpecial = TextArguments.SpecialOption("");
    private readonly HeadArguments _heads;
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The pack to write. Default: MODEL.compressed.gguf in the current folder; beside the model it needs no name in a pipeline.", HelpName = "FILE" };

    private CalibrateHeadsCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_files);
        command.Options.Add(_parseSpecial);
        _heads = new(command);
        command.Options.Add(_output);
        _pipeline = new(command, shell);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("heads", "Find out which KV heads look far back, and write a pack for cache 'compressed'.");
        _ = new CalibrateHeadsCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string[] files = parsed.GetValue(_files) is { Length: > 0 } given ? given : throw new BadInputException("no text is given. Give at least one with -f FILE.");
        PipelineDocument document = _pipeline.Document(parsed);
        HeadSettings settings = _heads.Settings(parsed, ModelLoader.UsualContext(document));
        string[] texts = [.. files.Select(file => InputText.Read(file, _shell))];
        using OutputFile output = _shell.Files.Create(parsed.GetValue(_output) ?? Path.GetFileName(PackFile.BesideModel(ModelLoader.ModelOf(document), "compressed")));
        HeadProbe? probe = null;
        ModelLoader loader = new(_pipeline, _shell)
        {
            LogitRows = HeadProbe.BorderTokens,
            Sequences = texts.Length + 1,
            ContextTokens = Math.Max(2 * settings.ContextTokens, settings.HeldTokens),
            IgnoresBudget = true,
            Edits = s_edits.Select(static edit => new PipelineEdit(edit, "calibrate heads")),
            CacheProbe = (_, description, limits) => probe = new HeadProbe(description, limits) { Sinks = settings.Sinks },
        };
        using LanguageModel model = loader.Load(parsed);
        int tokens = settings.ContextTokens + settings.HeldTokens;
        int[][] ids = [.. texts.Select(text => TextBeginning.Ids(model.Tokenizer, text, tokens, parsed.GetValue(_parseSpecial)))];
        RequireLength(files, ids, tokens);

        string hash = ModelHash.Of(model.Pipeline.File);
        TrialFile? trials = settings.HeldTokens == 0 ? null : TrialsOf(output.Path, hash, settings, ids);
        (HeadMeasurement measured, IReadOnlyList<HeadStep> path, IReadOnlyList<HeadCheck> checks) = Measure(model, probe!, settings, settings.Material(ids, trials));
        float keep = settings.KeepOf(checks);
        output.Write(HeadPack.Write(model.Pipeline.Model, hash, path, keep, settings.PathTokens, string.Join(", ", files.Select(Path.GetFileName))));
        output.Complete();
        trials?.Delete();
        Print(measured, path);
        Print(checks);
        _shell.Out.WriteLine(
            $"written: {output.Path}, for \"cache\": {{ \"use\": \"compressed\", \"pack\": \"{Path.GetFileName(output.Path)}\" }}; heads keep {Number(keep * 100, "0.#")} % of the keys unless the pipeline has \"keep\"");
        return ExitCodes.Done;
    }

    private static void RequireLength(string[] files, int[][] ids, int tokens)
    {
        for (int i = 0; i < files.Length; i++)
        {
            if (ids[i].Length < tokens)
                throw new BadInputException($"{files[i]} has {ids[i].Length} tokens, {tokens} are needed: give a longer text, or lower --context-tokens or --held-tokens.");
        }
    }

    private TrialFile TrialsOf(string path, string hash, HeadSettings settings, int[][] ids)
    {
        TrialFile file = new($"{path}.trials", $"{hash} {settings} {string.Join(' ', ids.Select(static text => string.Join(',', text)))}", HeadMaterial.Changes(ids.Length, settings.HeldRows));
        if (file.Known.Count > 0)
            _shell.Say($"note: {path}.trials has {file.Known.Count} finished trials of this calibration, which are used.");
        return file;
    }

    private (HeadMeasurement, IReadOnlyList<HeadStep>, IReadOnlyList<HeadCheck>) Measure(LanguageModel model, HeadProbe probe, HeadSettings settings, HeadMaterial material)
    {
        using Interrupts.Section section = _shell.Interrupts.Begin();
        CancellationToken cancellation = section.Token;
        return CalibrationBar.Show(_shell, progress =>
        {
            using HeadCalibrator calibrator = new(model, probe, material, cancellation) { Progress = progress };
            HeadMeasurement measured = calibrator.Measure();
            (IReadOnlyList<HeadStep> path, IReadOnlyList<HeadCheck> checks) = calibrator.Choose(settings.PathsOf(measured));
            return (measured, path, checks);
        });
    }

    private void Print(HeadMeasurement measured, IReadOnlyList<HeadStep> path)
    {
        Dictionary<CalibratedHead, HeadNeed> needs = measured.Needs.ToDictionary(static need => need.Head);
        TextTable table = new(">>>>>>>>");
        table.Add("layer", "KV head", "looks back", "far", "recent", "divergence", "keeps", "all so far");
        foreach (HeadStep step in path)
        {
            HeadNeed need = needs[step.Window.Head];
            string alone = measured.Trials.TryGetValue(step.Window, out HeadTrial? trial) ? Number(trial.Divergence, "0.00000") : "";
            table.Add(
                $"{need.Head.Layer}", $"{need.Head.Head}", Number(need.Reconstruction, "0.0000"), Number(need.Far, "0.0000"), $"{step.Window.Recent}", alone,
                Number(step.Keep, "0.000"), step.Divergence is { } cost ? Number(cost, "0.00000") : "");
        }

        table.Write(_shell.Out, indent: "");
    }

    private void Print(IReadOnlyList<HeadCheck> checks)
    {
        if (checks.Count == 0)
            return;

        TextTable table = new(">>>");
        table.Add("keep", "divergence", "as a sum");
        foreach (HeadCheck check in checks)
            table.Add(Number(check.Keep, "0.###"), Number(check.Measured, "0.00000"), check.Expected is { } expected ? Number(expected, "0.00000") : "");

        table.Write(_shell.Out, indent: "");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
