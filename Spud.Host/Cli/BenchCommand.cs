using System.CommandLine;
using System.Globalization;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Likelihood;

namespace Spud.Host;

/// <summary><c>spud bench</c>: tokens per second.</summary>
internal sealed class BenchCommand
{
    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly Option<int?> _prompt = Values.Integer("--prompt", 1, Values.MaxTokens, "Tokens to prefill. Default: 256.");
    private readonly Option<int?> _generate = Values.Integer("--generate", 1, Values.MaxTokens, "Tokens to decode. Default: 64.");
    private readonly Option<int?> _depth = Values.Integer("--depth", 0, Values.MaxTokens, "Tokens in the context before decoding starts. Default: 0.");
    private readonly Option<int?> _repeat = Values.Integer("--repeat", 1, 1_000_000, "Measurements, after one warm-up. Default: 5.");
    private readonly Option<int?> _batch = Values.Integer("--batch", 1, 4096, "Sequences decoded together; the speed is the sum over all. Default: 1.");
    private readonly Option<string[]> _texts = new("--file", "-f") { Description = "Decode this text instead of random tokens; may be repeated: sequences take the texts in turn.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object per measurement, one per line." };

    private BenchCommand(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _prompt, _generate, _depth, _repeat, _batch, _texts })
            command.Options.Add(option);

        _pipeline = new(command, shell);
        command.Options.Add(_json);
        LongCommand.SetAction(command, shell, Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("bench", "Measure prefill and decode in tokens per second, on random tokens.");
        _ = new BenchCommand(command, shell);
        command.Subcommands.Add(BenchServeCommand.Create(shell));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        BenchShape shape = new()
        {
            Prompt = parsed.GetValue(_prompt) ?? 256,
            Generate = parsed.GetValue(_generate) ?? 64,
            Depth = parsed.GetValue(_depth) ?? 0,
            Batch = parsed.GetValue(_batch) ?? 1,
            Texts = [],
        };
        string[] texts = [.. (parsed.GetValue(_texts) ?? []).Select(file => InputText.Read(file, _shell))];
        int repeats = parsed.GetValue(_repeat) ?? 5;
        RequireContext(parsed, shape);
        using LanguageModel model = new ModelLoader(_pipeline, _shell) { Sequences = shape.Batch, Rows = Math.Max(PipelineOptions.DefaultRows, shape.Batch), ContextTokens = shape.ContextTokens, IgnoresBudget = true }.Load(parsed);

        using Interrupts.Section section = _shell.Interrupts.Begin();
        Bench bench = new(model, shape with { Texts = [.. texts.Select(text => Ids(model, text, shape))] }, section.Token);
        for (int repeat = 0; repeat <= repeats; repeat++)
        {
            BenchResult result = bench.Measure(repeat, _pipeline.Threads(parsed));
            if (repeat > 0)
                Print(result, parsed.GetValue(_json));
        }

        return ExitCodes.Done;
    }

    private static string Experts(BenchResult result) => result is not { ExpertBytesPerStep: { } step, ExpertBytesPerRequest: { } request } ? "" : string.Create(
        CultureInfo.InvariantCulture, $"  {result.ComputeUnitsPerToken:0.####} CU a token, experts {step / 1e6:0.0} MB a step, {request / 1e6:0.0} MB a request");

    private static int[] Ids(LanguageModel model, string text, BenchShape shape)
    {
        int least = shape.Depth + shape.Generate;
        int[] ids = TextBeginning.Ids(model.Tokenizer, text, (int)Math.Min(1 << 20, (long)least * shape.Batch), parseSpecial: false);
        return ids.Length >= least ? ids : throw new BadInputException($"-f: the text has {ids.Length} tokens, expected at least {least} (--depth and --generate together).");
    }

    // The measurement reserves no more context than it needs. Exceeding the trained length is the user's decision.
    private void RequireContext(ParseResult parsed, BenchShape shape)
    {
        PipelineDocument document = _pipeline.Document(parsed);
        int most = document.ContextTokens ?? ModelLoader.UsualContext(document);
        if (most < shape.ContextTokens)
            throw new BadInputException($"this measurement needs {shape.ContextTokens} tokens of context (--prompt, or --depth and --generate together), but the {(document.ContextTokens is null && !document.ScalesRope ? "model was trained for" : "pipeline has")} {most}. Measure less, or raise the context with --ctx {shape.ContextTokens}.");
    }

    private void Print(BenchResult result, bool json)
    {
        if (json)
            _shell.WriteJson(result, ResultJson.Readable.BenchResult);
        else
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Repeat,3}  prefill {result.PrefillTokensPerSecond,9:0.00} tokens/s  decode {result.DecodeTokensPerSecond,9:0.00} tokens/s{Experts(result)}"));

        _shell.Out.Flush();
    }
}
