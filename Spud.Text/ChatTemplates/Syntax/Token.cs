namespace Spud.Text.ChatTemplates;

/// <summary>A place in the template's source, both from 1.</summary>
internal readonly record struct Place(int Line, int Column)
{
    public TemplateException Fail(string problem) => new(problem, Line, Column);
}

internal enum TokenKind
{
    Text,
    OutputStart,
    OutputEnd,
    TagStart,
    TagEnd,
    Name,
    Integer,
    Float,
    String,
    Operator,
    End,
}

/// <summary>One token: <paramref name="Text"/> is its spelling (for a string, its value), <paramref name="Value"/> a literal's value.</summary>
internal sealed record Token(TokenKind Kind, string Text, Place At, object? Value = null)
{
    public bool Is(string operatorText) => Kind == TokenKind.Operator && Text == operatorText;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public string Describe() => Kind switch
    {
        TokenKind.Text => "text",
        TokenKind.OutputStart or TokenKind.OutputEnd or TokenKind.TagStart or TokenKind.TagEnd => $"'{Text}'",
        TokenKind.String => "a string",
        TokenKind.End => "the end of the template",
        _ => $"'{Text}'",
    };
}
