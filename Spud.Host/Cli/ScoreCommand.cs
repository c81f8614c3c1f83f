using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spud.Evaluation.Likelihood;

namespace Spud.Host;

/// <summary><c>spud score</c>: how well the model predicts a text.</summary>
internal sealed class ScoreCommand
{
    // As many rows as the head computes efficiently together, but few enough for a large vocabulary not to take hundreds of MB.
    public const int LogitRows = 64;

    private readonly Shell _shell;
    private readonly PipelineArguments _pipeline;
    private readonly TextArguments _text;
    private readonly Option<int?> _maxTokens = Values.Integer("--max-tokens", 2, int.MaxValue, "Score only the first N tokens.");
    private readonly Option<int?> _from = CompareArguments.FromOption("the text");
    private readonly Option<int?> _bucket = CompareArguments.BucketOption();
    private readonly Option<string?> _logits = new("--logits") { Description = "Write the logits of every position: float32, little-endian, one row per token.", HelpName = "FILE" };
    private readonly Option<string?> _tokens = new("--tokens") { Description = "Write the ids: int32, little-endian.", HelpName = "FILE" };
    private readonly Option<string?> _losses = new("--losses") { Description = "Write the loss of every token but the first, in nats: float32, little-endian.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON document." };

    private ScoreCommand(Command command, Shell shell)
    {
        _shell = shell;
        _text = new(command);
        foreach (Option option in new Option[] { _maxTokens, _from, _bucket, _logits, _tokens, _losses })
            command.Options.Add(option);

        _pipeline = new(command, shell);
        command.Options.Add(_json);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("score", "Print the mean loss and perplexity of a text, read in one context.");
        _ = new ScoreCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string text = _text.Read(parsed, _shell);
        using LanguageModel model = new ModelLoader(_pipeline, _shell) { LogitRows = LogitRows, IgnoresBudget = true }.Load(parsed);
        (int context, int? wanted) = (model.Pipeline.Limits.ContextTokens, parsed.GetValue(_maxTokens));
        if (wanted is null && model.Tokenizer.MinTokens(text) is var least && least > context)
            throw new BadInputException(TooLong($"at least {least}", context));

        int[] ids = TextBeginning.Ids(model.Tokenizer, text, wanted ?? int.MaxValue, _text.ParseSpecial(parsed));
        if (ids.Length > context)
            throw new BadInputException(TooLong($"{ids.Length}", context));
        if (ids.Length < 2)
            throw new BadInputException($"the text has {ids.Length} tokens; at least 2 are needed, because the first is never predicted.");

        int first = parsed.GetValue(_from) ?? 1;
        if (first >= ids.Length)
            throw new BadInputException($"--from: expected a position of 1 to {ids.Length - 1}, the text's last, got {first}.");

        using Interrupts.Section section = _shell.Interrupts.Begin();
        using OutputFile? logits = _shell.Files.CreateIfNamed(parsed.GetValue(_logits));
        using OutputFile? tokens = _shell.Files.CreateIfNamed(parsed.GetValue(_tokens));
        using OutputFile? losses = _shell.Files.CreateIfNamed(parsed.GetValue(_losses));
        long start = Stopwatch.GetTimestamp();
        TextScore score = new TextScorer(model).Score(ids, logits is null ? null : logits.Write, section.Token);
        double speed = Figures.Rate(ids.Length, Stopwatch.GetElapsedTime(start));
        tokens?.Write(ids);
        losses?.Write([.. score.Losses]);
        foreach (OutputFile? file in new[] { logits, tokens, losses })
            file?.Complete();

        string? reason = WhyNoLoss(score, model);
        TextScore scored = score.From(first);
        ScoredPositions[]? positions = CompareArguments.BucketTokens(parsed.GetValue(_bucket), parsed.GetValue(_from), ids.Length) is { } bucket ? [.. score.ByPosition(first, bucket)] : null;
        Print(new(score.Tokens, scored.MeanLoss, scored.Perplexity, speed, score.Ledger.ComputeUnits, ExpertsPerToken(model, score), positions, reason), parsed.GetValue(_json));
        return reason is null ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string TooLong(string tokens, int context) =>
        $"the text has {tokens} tokens, and the context of {context} tokens is scored at once. Score its beginning (--max-tokens {context}), raise the context (--ctx), or read all of it in windows (spud compare).";

    private void Print(ScoreResult result, bool json)
    {
        if (result.Reason is { } reason)
            _shell.Say($"error: {reason}");
        if (json)
            _shell.WriteJson(result, ResultJson.Readable.ScoreResult);
        else if (result.Reason is not null)
            return;
        else
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Tokens} tokens, mean loss {result.MeanLoss:0.000000}, perplexity {result.Perplexity:0.0000}, {result.PrefillTokensPerSecond:0.0} tokens/s"));
        foreach (ScoredPositions at in json ? [] : result.Positions ?? [])
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  positions {at.FirstPosition} .. {at.LastPosition}: mean loss {at.MeanLoss:0.000000}, perplexity {at.Perplexity:0.0000}"));
        if (!json && result.ExpertsPerToken is { } experts)
            _shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{experts.Average():0.000} experts per token, {result.ComputeUnits:0.000000} CU"));
    }

    // Infinite or NaN logits come from weights or from a component, which cannot be distinguished here.
    private static string? WhyNoLoss(TextScore score, LanguageModel model)
    {
        int first = score.Losses.Index().FirstOrDefault(loss => !float.IsFinite(loss.Item), (-1, 0)).Index;
        return first < 0 ? null : $"{model.Pipeline.File.Path}: no perplexity: the loss of token {first + 1} is {(float.IsNaN(score.Losses[first]) ? "not a number" : "infinite")}. "
            + "The model file is damaged, or a component computes it wrongly ('spud explain' lists them).";
    }

    /// <summary>Experts per token of the layers with several experts; null if there are none.</summary>
    private static double[]? ExpertsPerToken(LanguageModel model, TextScore score)
    {
        double[] experts = [.. model.Pipeline.Model.Layers.Index().Where(layer => layer.Item.Experts > 1).Select(layer => score.Ledger[model.Engine.ScoringPhase].ExpertsPerToken(layer.Index))];
        return experts.Length > 0 ? experts : null;
    }
}
