using System.CommandLine;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Likelihood;
using Spud.Models;

namespace Spud.Host;

/// <summary><c>spud calibrate heads</c>: measures which KV heads need distant keys, for cache "compressed".</summary>
internal sealed class CalibrateHeadsCommand
{
    private const int DefaultContext = 1024;
    private const float DefaultStreaming = 0.5f;

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
    private readonly Option<int?> _context = Values.Integer("--context-tokens", 64, Values.MaxTokens, $"Tokens of each text that are repeated; at most half of the context. Default: {DefaultContext}.");
    private readonly Option<int?> _held = Values.Integer("--held-tokens", 0, Values.MaxTokens, "Tokens behind them on which each head is tried out alone, of all texts together: a pass for each head. Default: 0, heads are not tried out.");
    private readonly Option<float?> _streaming = Values.Number("--streaming", 0, 1, "Share of the heads that stream in a pipeline that says nothing. Default: 0.5.");
    private readonly Option<int?> _sinks = Values.Integer("--sinks", 0, Values.MaxTokens, "Tokens at the start of a text that a streaming head keeps while it is tried out. Default: 64.");
    private readonly Option<int?> _recent = Values.Integer("--recent", 1, Values.MaxTokens, "Tokens at its end. Default: 256.");
    private readonly Option<HeadOrder> _order = new("--order")
    {
        Description = "By what heads are put in order: reconstruction (how much a repetition looks back), far (how much rows of a text look far back), both (the default), or divergence (what it costs when the head alone streams).",
        CustomParser = static result => Values.OneOf(result, "--order", Enum.GetValues<HeadOrder>()),
        HelpName = "ORDER",
    };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The pack to write. Default: MODEL.compressed.gguf in the current folder; beside the model it needs no name in a pipeline.", HelpName = "FILE" };

    private CalibrateHeadsCommand(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _files, _parseSpecial, _context, _held, _streaming, _sinks, _recent, _order, _output })
            command.Options.Add(option);

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
        string path = ModelLoader.ModelOf(_pipeline.Document(parsed));
        int context = parsed.GetValue(_context) ?? DefaultContext, held = parsed.GetValue(_held) ?? 0, sinks = parsed.GetValue(_sinks) ?? 64, recent = parsed.GetValue(_recent) ?? 256;
        if (held > 0 && held < 2 * (sinks + recent))
            throw new BadInputException($"--held-tokens {held} is too few: a streaming head keeps {sinks} + {recent} tokens, and what it forgets is to be seen. Give at least {2 * (sinks + recent)}, or 0.");

        string[] texts = [.. files.Select(file => InputText.Read(file, _shell))];
        using OutputFile output = _shell.Files.Create(parsed.GetValue(_output) ?? Path.GetFileName(PackFile.BesideModel(path, "compressed")));
        HeadProbe? probe = null;
        ModelLoader loader = new(_pipeline, _shell)
        {
            LogitRows = HeadProbe.BorderTokens,
            ContextTokens = Math.Max(2 * context, held),
            IgnoresBudget = true,
            Edits = s_edits.Select(static edit => new PipelineEdit(edit, "calibrate heads")),
            CacheProbe = (_, description, limits) => probe = new HeadProbe(description, limits) { Sinks = sinks, Recent = recent },
        };
        using LanguageModel model = loader.Load(parsed);
        int share = (held + texts.Length - 1) / texts.Length;
        int[][] ids = [.. texts.Select(text => TextBeginning.Ids(model.Tokenizer, text, context + share, parsed.GetValue(_parseSpecial)))];
        RequireLength(files, ids, context + share);

        IReadOnlyList<HeadNeed> needs = Measure(model, probe!, [.. ids.Select(text => text[..context])], [.. ids.SelectMany(text => text[context..]).Take(held)]);
        double[] scores = HeadCalibrator.Scores(needs, parsed.GetValue(_order));
        float streaming = parsed.GetValue(_streaming) ?? DefaultStreaming;
        output.Write(HeadPack.Write(model.Pipeline.Model, ModelHash.Of(model.Pipeline.File), needs, scores, streaming, string.Join(", ", files.Select(Path.GetFileName))));
        output.Complete();
        Print(needs, scores, streaming, output.Path);
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

    private IReadOnlyList<HeadNeed> Measure(LanguageModel model, HeadProbe probe, int[][] contexts, int[] held)
    {
        using Interrupts.Section section = _shell.Interrupts.Begin();
        CancellationToken cancellation = section.Token;
        return CalibrationBar.Show(_shell, progress => new HeadCalibrator(model, probe) { Progress = progress }.Measure(contexts, held, cancellation));
    }

    private void Print(IReadOnlyList<HeadNeed> needs, double[] scores, float streaming, string path)
    {
        TextTable table = new(">>>>>>");
        table.Add("layer", "KV head", "looks back", "far", "divergence", "score");
        for (int i = 0; i < needs.Count; i++)
        {
            HeadNeed need = needs[i];
            table.Add($"{need.Head.Layer}", $"{need.Head.Head}", Number(need.Reconstruction, "0.0000"), Number(need.Far, "0.0000"), need.Divergence is { } cost ? Number(cost, "0.00000") : "", Number(scores[i], "0.0000"));
        }

        table.Write(_shell.Out, indent: "");
        if (needs[0].Divergence is not null)
            _shell.Out.WriteLine($"rank correlation of score and divergence: {Number(HeadCalibrator.Agreement(needs, scores), "0.00")}");

        _shell.Out.WriteLine($"written: {path}, for \"cache\": {{ \"use\": \"compressed\", \"pack\": \"{Path.GetFileName(path)}\" }}; {Number(streaming * 100, "0.#")} % of {needs.Count} heads stream where a pipeline says nothing");
    }

    private static string Number(double value, string format) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
