namespace Spud.Text.ChatTemplates;

/// <summary>A chat template cannot be parsed or rendered; the message says where, what was expected and what was found.</summary>
public sealed class TemplateException : Exception
{
    public TemplateException(string problem, int line, int column)
        : base($"chat template, line {line}, column {column}: {problem}")
    {
        Problem = problem;
        Line = line;
        Column = column;
    }

    /// <summary>The message without the position.</summary>
    public string Problem { get; }

    /// <summary>Line in the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in that line in UTF-16 units, from 1.</summary>
    public int Column { get; }
}
