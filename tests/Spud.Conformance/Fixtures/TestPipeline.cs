using Spud.Configuration;
using Spud.Conformance.Discovery;

namespace Spud.Conformance.Fixtures;

/// <summary>Pipelines in which one component is tested and the reference plugin fills the other roles.</summary>
internal static class TestPipeline
{
    /// <summary>What makes such a pipeline of the default one.</summary>
    public static IEnumerable<string> Edits(Subject subject) => Roles.All.SelectMany(role => role == subject.Role
        ? new[] { $"{role}={subject.Variant.Options}", $"{role}.use={subject.Registered!.FullName}" }
        : [$"{role}.use=reference/reference"]);

    /// <summary>The reference plugin in every role.</summary>
    public static IEnumerable<string> ReferenceEdits => Roles.All.Select(role => $"{role}.use=reference/reference");
}
