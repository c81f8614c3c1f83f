namespace Spud.Host.Repl.Storage;

/// <summary>
/// Saves a session's conversation as it happens. A problem with the file is reported once, in one sentence, and the conversation continues;
/// unsaved turns are saved with the next one if retrying can help.
/// </summary>
/// <param name="path">The file; null to save nothing.</param>
/// <param name="all">Whether unnamed conversations are saved too.</param>
/// <param name="note">Receives messages about problems.</param>
internal sealed class SavedConversations(string? path, bool all, Action<string> note) : IDisposable
{
    /// <summary>How often a running answer is saved: the most that is lost if the process is killed.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private ConversationStore? _store;
    private bool _isOff = path is null;
    private bool _told;
    private long _last;

    /// <summary>The store, for commands of the user.</summary>
    /// <exception cref="BadInputException">Nothing is saved.</exception>
    /// <exception cref="StoreException">The file cannot be used.</exception>
    public ConversationStore Store() => path is null ? throw new BadInputException("this session saves nothing (--no-save).") : _store ??= ConversationStore.Open(path, create: true, note);

    /// <summary>Names of saved conversations. A problem with the file is reported now rather than in the middle of an answer.</summary>
    public IReadOnlyList<string> Names()
    {
        string[] names = [];
        if (all && File.Exists(path))
            Try(store => names = [.. store.List().Select(entry => entry.Name).OfType<string>()]);

        return names;
    }

    /// <summary>Saves a conversation as it is now.</summary>
    public void Save(Conversation conversation)
    {
        if (conversation.Id is not null || conversation.Turns.Count > 0)
            Try(conversation, store => store.Save(conversation));
    }

    /// <summary>Saves a question that is being answered.</summary>
    public void Begin(Conversation conversation, Turn turn)
    {
        _last = Environment.TickCount64;
        Try(conversation, store => store.Begin(conversation, turn));
    }

    /// <summary>Saves an answer so far, at intervals.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="turn">The running turn.</param>
    /// <param name="answer">Returns the answer so far; called only when it is saved.</param>
    public void Progress(Conversation conversation, Turn turn, Func<string> answer)
    {
        if (!conversation.Rows.TryGetValue(turn, out long row) || Environment.TickCount64 - _last < s_interval.TotalMilliseconds)
            return;

        _last = Environment.TickCount64;
        Try(conversation, store => store.Progress(row, answer()));
    }

    /// <summary>Saves a finished answer; a failed one is deleted.</summary>
    public void End(Conversation conversation, Turn turn)
    {
        if (!conversation.Rows.TryGetValue(turn, out long row))
            Save(conversation);
        else if (turn.Fault is null)
            Try(conversation, store => store.Update(row, turn));
        else if (Try(conversation, store => store.Remove(row)))
            conversation.Rows.Remove(turn);
    }

    public void Dispose() => _store?.Dispose();

    private bool Try(Conversation conversation, Action<ConversationStore> work) => (all || conversation.Id is not null) && Try(work);

    private bool Try(Action<ConversationStore> work)
    {
        if (_isOff)
            return false;

        try
        {
            work(Store());
            _told = false;
            return true;
        }
        catch (StoreException fault)
        {
            _isOff = !fault.IsPassing;
            if (!_told)
                note(fault.Message);

            _told = true;
            return false;
        }
    }
}
