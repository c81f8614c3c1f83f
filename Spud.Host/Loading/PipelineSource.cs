using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Host;

/// <summary>The source of a pipeline: a file, and changes to it, in order.</summary>
/// <param name="File">Path; null for the default pipeline.</param>
/// <param name="Edits">The changes.</param>
internal sealed record PipelineSource(string? File, ImmutableArray<PipelineEdit> Edits)
{
    /// <summary>The default pipeline.</summary>
    public static PipelineSource Default { get; } = new(null, []);

    /// <summary>Returns the source with another change appended.</summary>
    /// <param name="edit"><c>path=value</c>.</param>
    /// <param name="source">The command that made the change, for messages.</param>
    public PipelineSource With(string edit, string source) => this with { Edits = Edits.Add(new(edit, source)) };

    /// <summary>Reads the pipeline; faults are reported when it is composed.</summary>
    public PipelineDocument Read() => PipelineDocument.Read(File, Edits);
}
