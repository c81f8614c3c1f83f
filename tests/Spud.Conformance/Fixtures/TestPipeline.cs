using Spud.Configuration;
using Spud.Conformance.Discovery;

namespace Spud.Conformance.Fixtures;

/// <summary>Pipelines in which one component is tested and the reference plugin fills the other roles.</summary>
internal static class TestPipeline
{
    /// <summary>What makes such a pipeline of the default one; with a pack for the model, if there is a file of it.</summary>
    public static IEnumerable<string> Edits(Subject subject, TestModelFile? model) => Roles.All.SelectMany(role => role == subject.Role
        ? [$"{role}={subject.Variant.Options}", $"{role}.use={subject.FullName}", .. subject.Variant.Pack is { } pack && model is not null ? [$"{role}.pack={model.PackFor(pack)}"] : Array.Empty<string>()]
        : new[] { $"{role}.use=reference/reference" });

    /// <summary>The reference plugin in every role.</summary>
    public static IEnumerable<string> ReferenceEdits => Roles.All.Select(role => $"{role}.use=reference/reference");
}
