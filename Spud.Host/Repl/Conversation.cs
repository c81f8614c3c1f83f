using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>What was said so far.</summary>
internal sealed class Conversation
{
    private readonly List<Turn> _turns = [];

    /// <summary>Its place in the store; null: it is not there.</summary>
    public long? Id { get; set; }

    /// <summary>What the reader calls it; null: nothing.</summary>
    public string? Name { get; set; }

    /// <summary>What the model is told before; null: what the model is usually told.</summary>
    public string? System { get; set; }

    /// <summary>Where its turns are in the file of saved conversations.</summary>
    public Dictionary<Turn, long> Rows { get; private init; } = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>The conversation as a model reads it, with another question at its end.</summary>
    /// <param name="model">Who reads it.</param>
    /// <param name="question">The question.</param>
    public ChatMessage[] With(LanguageModel model, string question) =>
        [.. Chat.Opening(model, System), .. _turns.SelectMany(turn => turn.Messages), new("user", question)];

    /// <summary>Adds a turn that has ended.</summary>
    public void Add(Turn turn) => _turns.Add(turn);

    /// <summary>The same conversation as it was before a turn.</summary>
    /// <param name="number">Of the turn, from 1.</param>
    public Conversation Before(int number)
    {
        Conversation earlier = new() { Id = Id, Name = Name, System = System, Rows = new(Rows) };
        earlier._turns.AddRange(_turns.Take(number - 1));
        return earlier;
    }

    /// <summary>Another conversation with the same beginning.</summary>
    /// <param name="turns">How many turns both have.</param>
    public Conversation Branch(int turns)
    {
        Conversation branch = new() { System = System };
        branch._turns.AddRange(_turns.Take(turns));
        return branch;
    }
}
