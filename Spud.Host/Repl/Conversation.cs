using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>The conversation so far.</summary>
internal sealed class Conversation
{
    private readonly List<Turn> _turns = [];

    /// <summary>Its id in the store; null if it is not stored.</summary>
    public long? Id { get; set; }

    /// <summary>The name the user gave it; null if none.</summary>
    public string? Name { get; set; }

    /// <summary>The system text; null for the model's default.</summary>
    public string? System { get; set; }

    /// <summary>The ids of its turns in the database of saved conversations.</summary>
    public Dictionary<Turn, long> Rows { get; private init; } = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>The conversation as messages for a model, followed by a question.</summary>
    /// <param name="model">The model that reads it.</param>
    /// <param name="question">The question.</param>
    public ChatMessage[] With(LanguageModel model, string question) =>
        [.. Chat.Opening(model, System), .. _turns.SelectMany(turn => turn.Messages), new("user", question)];

    /// <summary>Adds a completed turn.</summary>
    public void Add(Turn turn) => _turns.Add(turn);

    /// <summary>A copy of the conversation as it was before a turn.</summary>
    /// <param name="number">Number of the turn, from 1.</param>
    public Conversation Before(int number)
    {
        Conversation earlier = new() { Id = Id, Name = Name, System = System, Rows = new(Rows) };
        earlier._turns.AddRange(_turns.Take(number - 1));
        return earlier;
    }

    /// <summary>Another conversation with the same beginning.</summary>
    /// <param name="turns">Number of shared turns.</param>
    public Conversation Branch(int turns)
    {
        Conversation branch = new() { System = System };
        branch._turns.AddRange(_turns.Take(turns));
        return branch;
    }
}
