namespace Spud.Accounts;

/// <summary>Accounts, jobs or receipts cannot be read or written; one sentence says why, and what to do.</summary>
/// <param name="message">For the user.</param>
/// <param name="cause">The database's exception.</param>
public class AccountsException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The database does not answer, is locked or is full. Nothing was changed, or the same operation may be repeated: later it works.</summary>
/// <param name="message">For the user.</param>
/// <param name="cause">The database's exception.</param>
public sealed class DatabaseUnavailableException(string message, Exception? cause = null) : AccountsException(message, cause);
