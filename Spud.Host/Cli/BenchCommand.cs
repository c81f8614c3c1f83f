using System.CommandLine;
using System.Globalization;

namespace Spud.Host;

/// <summary><c>spud bench</c>: tokens per second.</summary>
internal sealed class BenchCommand
{
    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly Option<int?> _prompt = Values.Integer("--prompt", 1, int.MaxValue, "Tokens that prefill reads. Default: 256.");
    private readonly Option<int?> _generate = Values.Integer("--generate", 1, int.MaxValue, "Steps of decode. Default: 64.");
    private readonly Option<int?> _depth = Values.Integer("--depth", 0, int.MaxValue, "Tokens before the first step of decode. Default: 0.");
    private readonly Option<int?> _repeat = Values.Integer("--repeat", 1, 1_000_000, "Measurements, after one pass that does not count. Default: 5.");
    private readonly Option<int?> _batch = Values.Integer("--batch", 1, 4096, "Sequences that decode together; the speed is that of all. Default: 1.");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object a line for each measurement." };

    private BenchCommand(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _prompt, _generate, _depth, _repeat, _batch })
            command.Options.Add(option);

        _pipeline = new(command);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("bench", "Measure tokens per second of prefill and decode, with random tokens.");
        _ = new BenchCommand(command, shell);
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
        };
        int repeats = parsed.GetValue(_repeat) ?? 5;
        using LanguageModel model = new ModelLoader(_pipeline, _shell) { Sequences = shape.Batch, ContextTokens = shape.ContextTokens }.Load(parsed);
        if (model.Pipeline.Limits.ContextTokens < shape.ContextTokens)
            throw new BadInputException($"--ctx: expected at least {shape.ContextTokens} tokens for this measurement, got {model.Pipeline.Limits.ContextTokens}.");

        using Interrupts.Section section = _shell.Interrupts.Begin();
        Bench bench = new(model, shape, section.Token);
        for (int repeat = 0; repeat <= repeats; repeat++)
        {
            BenchResult result = bench.Measure(repeat, _pipeline.Threads(parsed));
            if (repeat > 0)
                Print(result, parsed.GetValue(_json));
        }

        return ExitCodes.Done;
    }

    private void Print(BenchResult result, bool json)
    {
        if (json)
            _shell.WriteJson(result, ResultJson.Readable.BenchResult);
        else
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Repeat,3}  prefill {result.Prefill,9:0.00} tokens/s  decode {result.Decode,9:0.00} tokens/s"));

        _shell.Out.Flush();
    }
}
