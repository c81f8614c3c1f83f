using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Host;

/// <summary>What a pipeline is read from: a file, and the changes to it in order.</summary>
/// <param name="File">Path; null: the default pipeline.</param>
/// <param name="Edits">Changes.</param>
internal sealed record PipelineSource(string? File, ImmutableArray<PipelineEdit> Edits)
{
    /// <summary>The default pipeline.</summary>
    public static PipelineSource Default { get; } = new(null, []);

    /// <summary>With another change at the end.</summary>
    /// <param name="edit"><c>path=value</c>.</param>
    /// <param name="source">The command that says so, for messages.</param>
    public PipelineSource With(string edit, string source) => this with { Edits = Edits.Add(new(edit, source)) };

    /// <summary>Reads it; its faults are reported when it is composed.</summary>
    public PipelineDocument Read() => PipelineDocument.Read(File, Edits);
}
