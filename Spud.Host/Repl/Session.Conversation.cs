namespace Spud.Host.Repl;

/// <summary>Changes to the conversation.</summary>
internal sealed partial class Session
{
    /// <summary>Begins a new conversation; the system text is kept.</summary>
    public void Clear()
    {
        Leave();
        Use(new Conversation { System = Conversation.System });
    }

    /// <summary>Sets the system text, from the next turn on.</summary>
    /// <param name="text">Empty for the model's default.</param>
    public void SetSystem(string text)
    {
        Conversation.System = text.Length == 0 ? null : text;
        _saved.Save(Conversation);
        Say(text.Length == 0 ? "The model is told what it is usually told." : $"The model is told from the next turn on: {text}");
        TellOfReading();
    }

    /// <summary>Removes the last turn.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public void Undo()
    {
        TurnOf(Conversation.Turns.Count);
        Use(Conversation.Before(Conversation.Turns.Count));
        TellOfReading();
    }

    /// <summary>Asks a turn's question again, or another one in its place, and drops later turns. On failure nothing changes.</summary>
    /// <param name="number">Number of the turn, from 1.</param>
    /// <param name="question">Null for the same one.</param>
    /// <param name="cancellation">Stops the answer; the text so far is kept.</param>
    /// <exception cref="BadInputException">There is no such turn, or no pipeline.</exception>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public Turn AskAgain(int number, string? question, CancellationToken cancellation)
    {
        Conversation before = Conversation;
        question ??= TurnOf(number).Question;
        Use(before.Before(TurnOf(number).Number));
        try
        {
            return Ask(question, cancellation);
        }
        catch
        {
            // Turns marked as replaced in the file are saved again.
            foreach (Turn turn in before.Rows.Keys.Except(Conversation.Rows.Keys).ToArray())
                before.Rows.Remove(turn);

            Use(before);
            throw;
        }
    }

    /// <summary>Branches off a new conversation after an earlier turn; the current one is not changed.</summary>
    /// <param name="number">The last shared turn; 0 for none.</param>
    /// <exception cref="BadInputException">There is no such turn.</exception>
    public void Branch(int number)
    {
        if (number != 0)
            TurnOf(number);

        Leave();
        _texts?.KeepCopy();
        Use(Conversation.Branch(number));
        TellOfReading();
    }

    /// <summary>A turn of the conversation.</summary>
    /// <exception cref="BadInputException">There is no such turn.</exception>
    public Turn TurnOf(int number) => Conversation.Turns.Count == 0 ? throw new BadInputException("nothing has been asked yet.")
        : number >= 1 && number <= Conversation.Turns.Count ? Conversation.Turns[number - 1]
        : throw new BadInputException($"there is no turn {number}: the conversation has turns 1 to {Conversation.Turns.Count}.");

    private void Use(Conversation conversation)
    {
        Conversation = conversation;
        _saved.Save(conversation);
        Report(new ConversationChanged(conversation));
    }
}
