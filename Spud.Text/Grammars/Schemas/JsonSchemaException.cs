namespace Spud.Text.Grammars.Schemas;

/// <summary>A keyword of a JSON schema that cannot be honoured.</summary>
/// <param name="Pointer">JSON pointer to the keyword or the schema.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record JsonSchemaFault(string Pointer, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Pointer.Length == 0 ? "(root)" : Pointer)}: {Reason}";
}

/// <summary>A JSON schema cannot be honoured. The message lists all faults.</summary>
public sealed class JsonSchemaException : GrammarException
{
    internal JsonSchemaException(IReadOnlyList<JsonSchemaFault> faults)
        : base(string.Join('\n', faults)) => Faults = faults;

    /// <summary>All faults.</summary>
    public IReadOnlyList<JsonSchemaFault> Faults { get; }
}
