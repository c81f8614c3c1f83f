namespace Spud.Text.Grammars.Schemas;

/// <summary>A keyword of a JSON schema that cannot be honoured.</summary>
/// <param name="Pointer">JSON pointer to the keyword or the schema.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record JsonSchemaFault(string Pointer, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Pointer.Length == 0 ? "(root)" : Pointer)}: {Reason}";
}

/// <summary>A JSON schema cannot be honoured. The message lists all faults, one a line, the first <see cref="Shown"/> of very many.</summary>
public sealed class JsonSchemaException : GrammarException
{
    /// <summary>Maximum number of faults in the message.</summary>
    public const int Shown = 50;

    // A schema that several places refer to may be read, and refused, several times.
    internal JsonSchemaException(IEnumerable<JsonSchemaFault> faults)
        : this(faults.Distinct().ToArray())
    {
    }

    private JsonSchemaException(JsonSchemaFault[] faults)
        : base(string.Join('\n', faults.Take(Shown)) + (faults.Length > Shown ? $"\nand {faults.Length - Shown} more" : "")) => Faults = faults;

    /// <summary>All faults.</summary>
    public IReadOnlyList<JsonSchemaFault> Faults { get; }
}
