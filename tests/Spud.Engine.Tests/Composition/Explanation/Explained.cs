using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Tests.Composition.Explanation;

/// <summary>Explanations of composed pipelines.</summary>
internal static class Explained
{
    /// <summary>A family's small model.</summary>
    /// <param name="name">Below tests/data/families.</param>
    /// <param name="edits">Of the pipeline.</param>
    public static PipelineExplanation Family(string name, params string[] edits) => Model(TestData.Path($"families/{name}.gguf"), edits);

    /// <summary>Any model.</summary>
    public static PipelineExplanation Model(string path, params string[] edits)
    {
        using Pipeline pipeline = Compose(path, edits);
        return PipelineExplanation.Of(pipeline);
    }

    /// <summary>A pipeline to be disposed.</summary>
    public static Pipeline Compose(string path, params string[] edits) =>
        Pipeline.Compose(PipelineDocument.Load(null, [$"model=\"{path}\"", .. edits]), PluginCatalog.Discover([TestData.Plugins]), new() { Threads = 2, Rows = 64 });
}
