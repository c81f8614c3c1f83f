using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl.Screen;

/// <summary>Handles session events on the screen's thread.</summary>
internal sealed partial class ReplScreen
{
    private readonly List<RunningAnswer> _answers = [];
    private PipelineState? _pipeline;
    private string? _doing;
    private string? _name;
    private int _turns;
    private readonly List<Turn> _running = [];
    private (int Number, string Question)? _asked;
    private Turn? _last;
    private Meter _meter;
    private TurnSettings _settings = new();
    private int _variants;
    private bool _hasFailed;
    private bool _isInspected;

    /// <summary>Handles the events since the last frame.</summary>
    public void Take(IReadOnlyList<SessionEvent> events)
    {
        // Text of one answer is joined, so that its paragraph is wrapped once per frame.
        for (int i = 0; i < events.Count; i++)
        {
            if (events[i] is AnswerText text)
            {
                string joined = text.Text;
                while (i + 1 < events.Count && (events[i + 1] is TokenArrived || events[i + 1] is AnswerText next && next.Turn == text.Turn && next.Part == text.Part))
                {
                    i++;
                    if (events[i] is AnswerText more)
                        joined += more.Text;
                    else
                        Take((TokenArrived)events[i]);
                }

                Say(text.Turn, text.Part, joined);
            }
            else
                Take(events[i]);
        }

        if (_running.Count > 0)
            _turnPage.Refresh();

        _title.Refresh();
        _taken = _time.GetTimestamp();
        Turn();
    }

    private void Take(SessionEvent what)
    {
        switch (what)
        {
            case Progress progress:
                _doing = progress.What;
                _pipelinePage.Busy(progress.What);
                Spin();
                break;
            case Notice { Kind: NoticeKind.Information } when _isInspected:
                // The page has it already.
                _isInspected = false;
                break;
            case Notice notice:
                _hasFailed |= notice.Kind == NoticeKind.Error && _pipeline is null;
                _transcript.Add(KindOf(notice.Kind), notice.Text);
                break;
            case PipelineChanged changed:
                _pipeline = changed.Pipeline;
                _pipelinePage.Show(changed.Pipeline is { } pipeline ? PipelineItems.Of(pipeline) : []);
                _pluginsPage.Refresh();
                break;
            case ConversationChanged changed:
                Show(changed.Conversation);
                break;
            case TurnStarted started:
                Begin(started.Turn);
                break;
            case TokenArrived arrived:
                Take(arrived);
                break;
            case TurnFinished finished:
                End(finished.Turn);
                break;
            case TurnInspected inspected:
                _whyPage.Show(inspected.Turn);
                _isInspected = true;
                OpenPage(3);
                break;
            case AnswersCompared compared:
                _transcript.Add(columns => SideBySide.Rows(compared.Comparison, columns));
                break;
            case LineOffered offered:
                Type(ShownText.Safe(offered.Line));
                break;
            case SettingsChanged changed:
                _settings = changed.Settings;
                break;
            case VariantsChanged changed:
                _variants = changed.Names.Count;
                break;
            case SessionEnded:
                Quit?.Invoke();
                break;
        }
    }

    private void Take(TokenArrived arrived)
    {
        if (_running.Count == 0 || arrived.Turn != _running[^1])
            return;

        // If several pipelines answer at once, the last one's.
        _meter = arrived.Meter;
        _turnPage.Add(arrived.Token, arrived.Meter);
    }

    private void Begin(Turn turn)
    {
        _running.Add(turn);
        _isInspected = false;
        _meter = default;

        // Several pipelines answer one question.
        if (turn.Variant is null || _asked != (turn.Number, turn.Question))
            _transcript.Add(EntryKind.Question, turn.Question);

        _asked = (turn.Number, turn.Question);

        _turnPage.Begin(turn);
        Spin();
    }

    private void Say(Turn turn, AnswerPart part, string text)
    {
        if (_answers.Find(answer => answer.Turn == turn && answer.Part == part) is { } running)
            _transcript.Append(running.Entry, text);
        else
            _answers.Add(new(turn, part, _transcript.Add(part == AnswerPart.Final ? EntryKind.Answer : EntryKind.Reasoning, text.TrimStart(), isFinished: false, turn.Variant)));
    }

    private void End(Turn turn)
    {
        _running.Remove(turn);
        _last = turn;
        if (turn.Fault is null)
            _turns = Math.Max(_turns, turn.Number);

        if (turn.Fault is null && !_answers.Exists(answer => answer.Turn == turn && answer.Part == AnswerPart.Final))
            _transcript.Add(EntryKind.Information, TurnText.Footer(turn));

        foreach (RunningAnswer answer in _answers.FindAll(answer => answer.Turn == turn))
            _transcript.Finish(answer.Entry, answer.Part == AnswerPart.Final ? TurnText.Footer(turn) : null);

        _answers.RemoveAll(answer => answer.Turn == turn);
        if (turn is { Fault: null, Variant: null, Ending: { } ending })
            _transcript.Add(EntryKind.Information, ending);

        _turnPage.End(turn);
        _whyPage.Show(turn);
        _pluginsPage.Refresh();
    }

    private void Show(Conversation conversation)
    {
        _transcript.Clear();
        _answers.Clear();
        _asked = null;
        (_name, _turns, _last) = (conversation.Name, conversation.Turns.Count, conversation.Turns is [.., var newest] ? newest : null);
        _transcript.AddTurns(conversation.Turns);
        _whyPage.Show(_last);
        if (_last is { } last)
            _turnPage.End(last);
        else
            _turnPage.Clear();
    }

    private static EntryKind KindOf(NoticeKind kind) => kind switch
    {
        NoticeKind.Error => EntryKind.Error,
        NoticeKind.Warning => EntryKind.Warning,
        _ => EntryKind.Information,
    };

    /// <summary>Text that is still arriving, and where it is shown.</summary>
    private sealed record RunningAnswer(Turn Turn, AnswerPart Part, Entry Entry);
}
