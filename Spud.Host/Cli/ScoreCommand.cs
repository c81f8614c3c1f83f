using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spud.Evaluation.Likelihood;

namespace Spud.Host;

/// <summary><c>spud score</c>: how well the model predicts a text.</summary>
internal sealed class ScoreCommand
{
    // As many rows as the head computes well together, and few enough that a large vocabulary does not take hundreds of MB.
    public const int LogitRows = 64;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly TextArguments _text;
    private readonly Option<int?> _maxTokens = Values.Integer("--max-tokens", 2, int.MaxValue, "Score only so many tokens from the beginning.");
    private readonly Option<string?> _logits = new("--logits") { Description = "Write the logits of every position: float32, little-endian, one row of the vocabulary's size a token.", HelpName = "FILE" };
    private readonly Option<string?> _tokens = new("--tokens") { Description = "Write the ids: int32, little-endian.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON document." };

    private ScoreCommand(Command command, Shell shell)
    {
        _shell = shell;
        _text = new(command);
        foreach (Option option in new Option[] { _maxTokens, _logits, _tokens })
            command.Options.Add(option);

        _pipeline = new(command);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("score", "Print mean loss and perplexity of a text in one context.");
        _ = new ScoreCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string text = _text.Read(parsed, _shell);
        using LanguageModel model = new ModelLoader(_pipeline, _shell) { LogitRows = LogitRows }.Load(parsed);
        int[] ids = model.Encode(text);
        if (parsed.GetValue(_maxTokens) is { } most && most < ids.Length)
            ids = ids[..most];
        if (ids.Length < 2)
            throw new BadInputException($"the text has {ids.Length} tokens, and the first is never predicted: it takes at least 2.");

        using Interrupts.Section section = _shell.Interrupts.Begin();
        using OutputFile? logits = Open(parsed.GetValue(_logits));
        using OutputFile? tokens = Open(parsed.GetValue(_tokens));
        long start = Stopwatch.GetTimestamp();
        TextScore score = new TextScorer(model).Score(ids, logits is null ? null : logits.Write, section.Token);
        double speed = Figures.Rate(ids.Length, Stopwatch.GetElapsedTime(start));
        tokens?.Write(ids);
        logits?.Complete();
        tokens?.Complete();
        Print(new(score.Tokens, score.MeanLoss, score.Perplexity, speed, score.Ledger.ComputeUnits, ExpertsPerToken(model, score)), parsed.GetValue(_json));
        return ExitCodes.Done;
    }

    private void Print(ScoreResult result, bool json)
    {
        if (json)
            _shell.WriteJson(result, ResultJson.Readable.ScoreResult);
        else
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Tokens} tokens, mean loss {result.MeanLoss:0.000000}, perplexity {result.Perplexity:0.0000}, {result.TokensPerSecond:0.0} tokens/s"));
        if (!json && result.ExpertsPerToken is { } experts)
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{experts.Average():0.000} experts a token, {result.ComputeUnits:0.000000} CU"));
    }

    /// <summary>Of layers with several experts; null: there are none.</summary>
    private static double[]? ExpertsPerToken(LanguageModel model, TextScore score)
    {
        double[] experts = [.. model.Pipeline.Model.Layers.Index().Where(layer => layer.Item.Experts > 1).Select(layer => score.Ledger[Phase.Prefill].ExpertsPerToken(layer.Index))];
        return experts.Length > 0 ? experts : null;
    }

    private static OutputFile? Open(string? path) => path is null ? null : new(path);
}
