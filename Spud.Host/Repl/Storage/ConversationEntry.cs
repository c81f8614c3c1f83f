namespace Spud.Host.Repl.Storage;

/// <summary>A saved conversation in a list.</summary>
/// <param name="Id">Its id in the database.</param>
/// <param name="Name">The name the user gave it; null if none.</param>
/// <param name="Changed">When it was last changed.</param>
/// <param name="Turns">Number of turns.</param>
/// <param name="FirstQuestion">Empty if nothing was asked.</param>
internal sealed record ConversationEntry(long Id, string? Name, DateTimeOffset Changed, int Turns, string FirstQuestion);
