namespace Spud.Execution;

/// <summary>The rows of a sequence's step whose logits are read.</summary>
public enum LogitRows
{
    /// <summary>None: the prompt continues.</summary>
    None,

    /// <summary>The last: a token is chosen from it.</summary>
    Last,

    /// <summary>All: a text is scored.</summary>
    All,
}

internal static class LogitRowsExtensions
{
    /// <summary>Number of such rows among a sequence's rows.</summary>
    public static int Of(this LogitRows logits, int rows) => logits switch { LogitRows.None => 0, LogitRows.Last => 1, _ => rows };
}
