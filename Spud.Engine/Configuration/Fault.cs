namespace Spud.Configuration;

/// <summary>One fault of a configuration, described for its author.</summary>
/// <param name="Origin">Where it was written.</param>
/// <param name="Message">What is wrong, what was expected and what to do; one line.</param>
public sealed record Fault(Origin Origin, string Message)
{
    /// <summary><c>pipeline.json:4:25: message</c>.</summary>
    public override string ToString() => $"{Origin}: {Message}";
}
