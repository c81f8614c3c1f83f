using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl.Screen;

/// <summary>What happens in the session, on the screen's thread.</summary>
internal sealed partial class ReplScreen
{
    private readonly Dictionary<(Turn Turn, AnswerPart Part), Entry> _answers = [];
    private PipelineState? _pipeline;
    private string? _doing;
    private string? _name;
    private int _turns;
    private Turn? _turn;
    private Turn? _last;
    private Meter _meter;
    private bool _hasFailed;

    /// <summary>Takes what happened since the last frame.</summary>
    public void Take(IReadOnlyList<SessionEvent> events)
    {
        // Text of one answer is put together: its paragraph is broken once a frame.
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

        if (_turn is not null)
            _turnPage.Refresh();

        _title.Refresh();
        _status.Refresh();
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
            case SessionEnded:
                Quit?.Invoke();
                break;
        }
    }

    private void Take(TokenArrived arrived)
    {
        _meter = arrived.Meter;
        _turnPage.Add(arrived.Token, arrived.Meter);
    }

    private void Begin(Turn turn)
    {
        (_turn, _meter) = (turn, default);
        if (turn.Variant is null)
            _transcript.Add(EntryKind.Question, turn.Question);

        _turnPage.Begin(turn);
        Spin();
    }

    private void Say(Turn turn, AnswerPart part, string text)
    {
        if (_answers.TryGetValue((turn, part), out Entry? entry))
            _transcript.Append(entry, text);
        else
            _answers[(turn, part)] = _transcript.Add(part == AnswerPart.Final ? EntryKind.Answer : EntryKind.Reasoning, text.TrimStart(), isFinished: false, turn.Variant);
    }

    private void End(Turn turn)
    {
        (_turn, _last) = (null, turn);
        if (turn.Fault is null)
            _turns = Math.Max(_turns, turn.Number);

        foreach (((Turn of, AnswerPart part), Entry entry) in _answers)
        {
            if (of == turn)
                _transcript.Finish(entry, part == AnswerPart.Final ? TurnText.Footer(turn) : null);
        }

        if (turn.Fault is null && !_answers.ContainsKey((turn, AnswerPart.Final)))
            _transcript.Add(EntryKind.Information, TurnText.Footer(turn));

        _answers.Clear();
        _turnPage.End(turn);
        _pluginsPage.Refresh();
    }

    private void Show(Conversation conversation)
    {
        _transcript.Clear();
        _answers.Clear();
        (_name, _turns, _last) = (conversation.Name, conversation.Turns.Count, conversation.Turns.LastOrDefault());
        _transcript.AddTurns(conversation.Turns);
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
}
