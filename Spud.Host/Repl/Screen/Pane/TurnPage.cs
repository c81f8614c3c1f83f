using Spud.Generation;
using Spud.Metering;

namespace Spud.Host.Repl.Screen;

/// <summary>What the last answer cost, and how it came about.</summary>
/// <param name="graph">The graph of its speed.</param>
internal sealed class TurnPage(SpeedGraph graph) : PanePage("Turn")
{
    private const int LabelColumns = 12;

    private readonly List<TurnToken> _tokens = [];
    private PaneFigure? _figure;
    private Turn? _turn;
    private Meter _meter;
    private bool _isRunning;

    public override PaneFigure? Figure => _figure;

    /// <summary>A question is being answered.</summary>
    public void Begin(Turn turn)
    {
        (_turn, _meter, _isRunning) = (turn, default, true);
        _tokens.Clear();
        Renew();
    }

    /// <summary>Tokens of the answer arrived.</summary>
    public void Add(TurnToken token, Meter meter)
    {
        _tokens.Add(token);
        _meter = meter;
    }

    /// <summary>Shows what was added.</summary>
    public void Refresh() => Renew();

    /// <summary>The answer has ended.</summary>
    public void End(Turn turn)
    {
        (_turn, _isRunning) = (turn, false);
        _tokens.Clear();
        _tokens.AddRange(turn.Tokens);
        Renew();
    }

    /// <summary>Nothing has been asked.</summary>
    public void Clear()
    {
        (_turn, _isRunning) = (null, false);
        _tokens.Clear();
        Renew();
    }

    protected override IReadOnlyList<Line> Create(int columns)
    {
        _figure = null;
        if (_turn is not { } turn)
            return Wrapping.Wrap([Paragraph.Of("Nothing has been asked yet. After an answer this page says what it cost.", Ink.Dim)], columns);

        List<Paragraph> rows = [new([new($"Turn {turn.Number}", Ink.Heading), new($"  {State(turn)}", Ink.Dim)]), Paragraph.Empty];
        if (_isRunning)
            Running(rows);
        else
            Finished(turn, rows, columns);

        List<Line> lines = Wrapping.Wrap(rows, columns);
        Speed(lines);
        foreach (Paragraph paragraph in Heat(turn, columns))
            Wrapping.Wrap(paragraph, columns, lines);

        return lines;
    }

    private string State(Turn turn) => _isRunning ? "running" : turn.Fault is not null ? "failed" : turn.Finish switch
    {
        FinishReason.StopToken or FinishReason.StopString => "complete",
        FinishReason.Length => "cut at the maximum of tokens",
        FinishReason.ContextFull => "cut: the context is full",
        FinishReason.Cancelled => "stopped",
        FinishReason.Budget => "stopped by the budget",
        FinishReason.Refused => "refused by the budget",
        _ => "",
    };

    private void Running(List<Paragraph> rows)
    {
        rows.Add(Row("answer", $"{_meter.Tokens} tokens at {_meter.TokensPerSecond:0.0}/s"));
        rows.Add(Row("elapsed", $"{_meter.Elapsed.TotalSeconds:0.0} s"));
        Compute(_meter.ComputeUnits, _meter.Limit, rows);
    }

    private static void Finished(Turn turn, List<Paragraph> rows, int columns)
    {
        string reused = turn.ReusedTokens > 0 ? $", {turn.ReusedTokens} of them reused{(turn.IsMixed ? " (mixed)" : "")}" : "";
        rows.Add(Row("prompt", $"{turn.PromptIds.Length} tokens{reused}"));
        rows.Add(Row("prefill", turn.PrefillSpeed > 0 ? $"{turn.PrefillSpeed:0.0} tokens/s" : "–"));
        rows.Add(Row("first token", $"{turn.TimeToFirstToken.TotalSeconds:0.00} s"));
        rows.Add(Row("answer", $"{turn.Tokens.Count} tokens{(turn.DecodeSpeed > 0 ? $" at {turn.DecodeSpeed:0.0}/s" : "")}"));
        if (turn.Receipt?.Drafts is { Steps: > 0 } drafts)
            rows.Add(Row("drafts", $"{drafts.TokensPerStep:0.00} tokens/step, {drafts.Accepted}/{drafts.Drafted} accepted"));
        if (turn.Receipt is { } receipt)
            Bill(receipt, rows, columns);
        if (turn.Fault is { } fault)
            rows.Add(Row("fault", ShownText.OneLine(fault), Ink.Error));
    }

    private static void Bill(Receipt receipt, List<Paragraph> rows, int columns)
    {
        Compute(receipt.ComputeUnits, receipt.Limit?.ComputeUnits, rows);
        if (receipt.Charge is { } charge)
            rows.Add(Row("price", $"{charge.Total:0.######} {ShownText.OneLine(charge.Currency)}"));
        if (receipt.Limit is { Amount: { } amount, Currency: { } currency })
            rows.Add(Row("limit", $"{amount:0.######} {ShownText.OneLine(currency)}"));

        rows.Add(Row("read", $"{receipt.GigabytesRead:0.00} GB"));
        if (receipt.KeptTokens.Length > 0)
            rows.Add(Row("KV kept", Kept(receipt)));
        if (receipt.Label is { } label)
            rows.Add(Row("task", Figures.Label(label)));

        if (receipt.ComputeUnits > 0)
            rows.AddRange([Paragraph.Empty, Paragraph.Of("Compute by role", Ink.Heading)]);

        foreach (IGrouping<string, ReceiptLine> role in receipt.Lines.Where(line => line.ComputeUnits > 0).GroupBy(line => line.Role))
            rows.Add(Share(role.Key, role.Sum(line => line.ComputeUnits), receipt.ComputeUnits, columns));
        foreach (ReportedFigure figure in receipt.Reported)
            rows.Add(Row(ShownText.OneLine(figure.Name), $"{figure.Value:0.###}"));
    }

    private static string Kept(Receipt receipt)
    {
        // Layers that a depth policy leaves out keep none.
        int lowest = receipt.KeptTokens.Where(static tokens => tokens > 0).DefaultIfEmpty(0).Min(), highest = receipt.KeptTokens.Max();
        return lowest == highest ? $"{highest} tokens" : $"{lowest} to {highest} tokens by layer";
    }

    private static void Compute(decimal units, decimal? limit, List<Paragraph> rows)
    {
        rows.Add(Row("compute", Units.Compute(units)));
        if (limit is { } most and > 0)
            rows.Add(Row("budget", $"{Charts.Bar((double)(units / most), 10)} {Units.Compute(Math.Max(0, most - units))} left of {Units.Compute(most)}", units >= most ? Ink.Warning : Ink.Normal));
    }

    private static Paragraph Share(string role, decimal units, decimal all, int columns)
    {
        double share = all > 0 ? (double)(units / all) : 0;
        int bar = Math.Clamp(columns - LabelColumns - 18, 4, 30);
        return new([new(Graphemes.Exactly(role, LabelColumns), Ink.Dim), new(Charts.Bar(share, bar), Ink.Accent), new($" {share,4:0%} {Units.Compute(units)}")], IsVerbatim: true);
    }

    private void Speed(List<Line> to)
    {
        if (!graph.Show(_tokens))
            return;

        to.AddRange([Line.Empty, Line.Of("Tokens per second", Ink.Heading)]);
        _figure = PaneFigure.Add(graph, SpeedGraph.GraphRows, to);
    }

    private IEnumerable<Paragraph> Heat(Turn turn, int columns)
    {
        TurnToken[] known = [.. _tokens.Where(token => !token.Experts.IsDefaultOrEmpty)];
        if (known.Length > 0)
            return ExpertsMap.OfTokens([.. known.Select(token => token.Experts)], columns);

        return turn.Receipt is { } receipt && receipt.Phases.Any(phase => phase.ExpertsPerToken is not null) ? ExpertsMap.OfPhases(receipt.Phases, columns) : [];
    }

    private static Paragraph Row(string label, string text, Ink ink = Ink.Normal) =>
        new([new(text, ink)], new(Graphemes.Exactly(label, LabelColumns), Ink.Dim), new(new string(' ', LabelColumns)));
}
