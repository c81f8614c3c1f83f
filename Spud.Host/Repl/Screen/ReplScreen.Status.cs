namespace Spud.Host.Repl.Screen;

/// <summary>Title and status.</summary>
internal sealed partial class ReplScreen
{
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static readonly TimeSpan s_spin = TimeSpan.FromMilliseconds(120);

    private string? _told;
    private object? _telling;
    private object? _spinning;
    private int _spin;
    private long _taken;

    /// <summary>Shows a sentence in the status line for a while.</summary>
    private void Tell(string text, TimeSpan time)
    {
        _told = text;
        _status.Refresh();
        if (App is not { } app)
            return;
        if (_telling is not null)
            app.RemoveTimeout(_telling);

        _telling = app.AddTimeout(time, () =>
        {
            (_told, _telling) = (null, null);
            _status.Refresh();
            return false;
        });
    }

    // Only while something is running: an idle screen has no timer. Incoming text has its own frames, which also advance the spinner.
    private void Spin()
    {
        _spinning ??= App?.AddTimeout(s_spin, () =>
        {
            if (_time.GetElapsedTime(_taken) >= s_spin)
                Turn();
            if (_link.IsBusy() || _doing is not null || _running.Count > 0)
                return true;

            _spinning = null;
            return false;
        });
    }

    private void Turn()
    {
        _spin++;
        _status.Refresh();
    }

    private Line TitleLine(int columns)
    {
        string model = _pipeline is { } pipeline ? ShownText.OneLine(pipeline.Explanation.Model.Path is { } path ? Path.GetFileName(path) : "") : "";
        string turns = _turns == 1 ? "1 turn" : $"{_turns} turns";
        return Line.Spread(
            [new(" Spud ", Ink.BarKey), new("  "), new(model, Ink.Strong), new(Who(), Ink.Dim)],
            [new($"{(_name is { } name ? $"{ShownText.OneLine(name)} · " : "")}{turns} ", Ink.Dim)],
            columns, Ink.Normal);
    }

    // "cpu" if one component fills all roles, otherwise role by role.
    private string Who()
    {
        if (_pipeline is not { } pipeline)
            return "";

        string[] plugins = [.. pipeline.Explanation.Components.Where(component => component.Role is not ("cache" or "router")).Select(component => component.Name).Distinct()];
        string? cache = pipeline.Explanation.Pages.FirstOrDefault()?.Keys.ToLowerInvariant();
        return ShownText.OneLine($"  {string.Join(" + ", plugins)}{(cache is null ? "" : $" · KV {cache}")}");
    }

    private Line StatusLine(int columns)
    {
        (string sign, string text, Ink ink) = State();
        bool isRoomy = columns >= 70;
        List<Run> right = [new("F1", Ink.BarKey), new(" help ", Ink.Bar)];
        if (isRoomy)
            right.AddRange([new("F2", Ink.BarKey), new(" pipeline ", Ink.Bar), new("F3", Ink.BarKey), new(" turn ", Ink.Bar), new("F4", Ink.BarKey), new(" plugins ", Ink.Bar)]);
        if (isRoomy && columns >= 90)
            right.AddRange([new("^D", Ink.BarKey), new(" end ", Ink.Bar)]);

        return Line.Spread([new($" {sign} ", ink), new(text, ink == Ink.Good ? Ink.Bar : ink)], right, columns, Ink.Bar);
    }

    private (string Sign, string Text, Ink Ink) State()
    {
        string spinner = Spinner[_spin % Spinner.Length].ToString();
        if (_told is { } told)
            return ("!", told, Ink.Warning);
        if (_running.Count > 0)
            return (spinner, Running() + Waiting(), Ink.Accent);
        if (_doing is { } doing)
            return (spinner, ShownText.OneLine(doing) + Waiting(), Ink.Accent);
        if (!_transcript.IsAtEnd)
            return ("↓", "more below: Ctrl+End", Ink.Accent);
        if (_pipeline is null)
            return (_hasFailed ? "✗" : spinner, _hasFailed ? "no pipeline" : "starting", _hasFailed ? Ink.Error : Ink.Accent);

        return ("●", $"ready{(_variants > 0 ? $" · comparing {_variants} pipelines" : "")}{Context()}{Limits()}", Ink.Good);
    }

    private string Running()
    {
        if (_meter.Tokens == 0)
            return "reading the prompt";

        string limit = _meter.Limit is { } most ? $" of {Units.Compute(most)}" : "";
        string task = _meter.Label is { } label ? $" · {Figures.Label(label)}" : "";
        return $"{_meter.Tokens} tokens · {_meter.TokensPerSecond:0}/s · {Units.Compute(_meter.ComputeUnits)}{limit}{task}";
    }

    private string Waiting() => _link.Waiting() is > 0 and { } waiting ? $" · {waiting} waiting" : "";

    private string Limits()
    {
        string budget = _settings.Budget is { } limit ? $" · budget {ShownText.OneLine($"{limit}")}" : "";
        return _settings.Effort is { } effort ? $"{budget} · effort {effort:0.##}" : budget;
    }

    private string Context()
    {
        int context = _pipeline?.Explanation.Limits.ContextTokens ?? 0;
        return _last is { } turn && context > 0 ? $" · {100.0 * (turn.PromptIds.Length + turn.Tokens.Count) / context:0} % of the context" : "";
    }
}
