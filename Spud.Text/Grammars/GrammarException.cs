namespace Spud.Text.Grammars;

/// <summary>A grammar or a schema cannot be used; the message says where and why.</summary>
public class GrammarException : Exception
{
    /// <summary>Creates an exception.</summary>
    public GrammarException(string message)
        : base(message)
    {
    }

    internal static GrammarException At(int line, int column, string problem) => new($"line {line}, column {column}: {problem}");
}
