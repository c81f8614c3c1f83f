namespace Spud.Host.Repl.Storage;

/// <summary>A saved conversation in a list.</summary>
/// <param name="Id">Its place in the file.</param>
/// <param name="Name">What the reader calls it; null: nothing.</param>
/// <param name="Changed">When it was last changed.</param>
/// <param name="Turns">How many it has.</param>
/// <param name="FirstQuestion">Empty: nothing was asked.</param>
internal sealed record ConversationEntry(long Id, string? Name, DateTimeOffset Changed, int Turns, string FirstQuestion);
