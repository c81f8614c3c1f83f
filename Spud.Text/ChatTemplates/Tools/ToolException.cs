namespace Spud.Text.ChatTemplates;

/// <summary>A description of tools is wrong.</summary>
public sealed class ToolException : Exception
{
    internal ToolException(string field, string problem)
        : base($"{field}: {problem}") => (Field, Problem) = (field, problem);

    /// <summary>Where, such as <c>tools[0].function.name</c>.</summary>
    public string Field { get; }

    /// <summary>What is wrong there.</summary>
    public string Problem { get; }
}
