namespace Spud.Text.ChatTemplates;

/// <summary>Reads the text of calls while it is written.</summary>
internal abstract class CallReader
{
    /// <summary>Whether the text is not a call; <see cref="Finish"/> then returns it.</summary>
    public abstract bool Failed { get; }

    /// <summary>Reads text.</summary>
    public abstract void Append(string text, List<AnswerPiece> pieces);

    /// <summary>Ends the text, and returns what was not a call.</summary>
    public abstract string Finish(List<AnswerPiece> pieces);
}
