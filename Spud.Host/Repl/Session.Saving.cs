using Spud.Host.Repl.Export;
using Spud.Host.Repl.Storage;
using Spud.Models.Messages;

namespace Spud.Host.Repl;

/// <summary>Saving and loading conversations.</summary>
internal sealed partial class Session
{
    private readonly SavedConversations _saved;

    /// <summary>Names of saved conversations, for completion; empty if they cannot be read.</summary>
    public IReadOnlyList<string> SavedNames { get; private set; } = [];

    /// <summary>The saved conversations.</summary>
    /// <exception cref="BadInputException">Nothing is saved in this session.</exception>
    /// <exception cref="StoreException">They cannot be read.</exception>
    public ConversationStore Saved()
    {
        ConversationStore store = _saved.Store();
        SavedNames = [.. store.List().Select(entry => entry.Name).OfType<string>()];
        return store;
    }

    /// <summary>Gives the conversation a name.</summary>
    /// <exception cref="BadInputException">The name is empty, a number, or in use by another conversation.</exception>
    public void Save(string name)
    {
        if (name.Length == 0 || name.All(char.IsAsciiDigit) || name.StartsWith('#'))
            throw new BadInputException($"/save: expected a name that is not a number, got '{name}'.");

        ConversationStore store = Saved();
        if (store.Find(name) is { } other && other != Conversation.Id)
            throw new BadInputException($"/save: conversation {other} has the name '{name}' already. Choose another one.");

        string? before = Conversation.Name;
        Conversation.Name = name;
        try
        {
            store.Save(Conversation);
        }
        catch
        {
            Conversation.Name = before;
            throw;
        }

        Saved();
        Say($"Saved as '{name}'; it is saved as it goes on.");
    }

    /// <summary>Loads a saved conversation.</summary>
    /// <param name="name">Name or number.</param>
    /// <exception cref="BadInputException">There is no conversation of this name.</exception>
    public void Load(string name)
    {
        ConversationStore store = Saved();
        long id = store.Find(name) ?? throw new BadInputException($"there is no conversation '{name}'.{Suggestion.Hint(name, SavedNames)} /list lists them.");
        Leave();
        Use(store.Load(id));
        if (Conversation.Turns is [.., { Pipeline: { } last }] && Pipeline is { } present && last.Id != present.Frozen.Id)
            Say($"It was last answered by {last.Summary}; the present pipeline goes on with it.");

        TakeFromFile();
        TellOfReading();
    }

    /// <summary>Writes the conversation to a file.</summary>
    /// <inheritdoc cref="ConversationExport.Write" path="/exception"/>
    public void Export(string path)
    {
        ConversationExport.Write(Conversation, path, _setup.Files);
        Say($"Wrote {path}.");
    }
}
