using Spud.Composition;
using Spud.Models;

namespace Spud.Evaluation.Comparison;

/// <summary>Which pipelines have models of one shape, and which of these are runs of one training that differ only by seed.</summary>
internal static class ModelShape
{
    /// <summary>Whether two models agree in architecture, every number that describes it, and the names and shapes of all tensors.</summary>
    public static bool IsSame(ComparedPipeline a, ComparedPipeline b)
    {
        (GgufFile fileA, GgufFile fileB) = (a.Model.Pipeline.File, b.Model.Pipeline.File);
        string architecture = a.Model.Pipeline.Model.Architecture;
        return fileA.Path == fileB.Path || architecture == b.Model.Pipeline.Model.Architecture
            && fileA.Metadata.Keys.Union(fileB.Metadata.Keys).Where(key => key.StartsWith(architecture + ".", StringComparison.Ordinal)).All(key => fileA.Metadata.HasSameValue(fileB.Metadata, key))
            && fileA.Tensors.Length == fileB.Tensors.Length
            && fileA.Tensors.All(tensor => fileB.TryGetTensor(tensor.Name, out GgufTensor? other) && tensor.Shape.AsSpan().SequenceEqual(other.Shape.AsSpan()));
    }

    /// <summary>
    /// Indices of pipelines, grouped into runs of one training: one recipe and different seeds, as the files say, one shape, the same formats, and
    /// the same components.
    /// </summary>
    public static IEnumerable<int[]> Runs(IReadOnlyList<ComparedPipeline> pipelines)
    {
        List<List<int>> runs = [];
        for (int i = 0; i < pipelines.Count; i++)
        {
            List<int>? run = runs.Find(run => run.All(other => IsRun(pipelines[other], pipelines[i])));
            if (run is null)
                runs.Add(run = []);

            run.Add(i);
        }

        return runs.Select(run => run.ToArray());
    }

    private static bool IsRun(ComparedPipeline a, ComparedPipeline b)
    {
        (GgufFile fileA, GgufFile fileB) = (a.Model.Pipeline.File, b.Model.Pipeline.File);
        return AreSeeds(fileA.Metadata, fileB.Metadata)
            && IsSame(a, b)
            && fileA.Tensors.All(tensor => fileB.TryGetTensor(tensor.Name, out GgufTensor? other) && tensor.Type == other.Type)
            && Components(a).SequenceEqual(Components(b));
    }

    private static bool AreSeeds(GgufMetadata a, GgufMetadata b) =>
        a.Contains(TrainingKeys.Recipe) && a.HasSameValue(b, TrainingKeys.Recipe)
        && a.Contains(TrainingKeys.Seed) && b.Contains(TrainingKeys.Seed) && !a.HasSameValue(b, TrainingKeys.Seed);

    private static IEnumerable<(string, string, string, string)> Components(ComparedPipeline pipeline) =>
        PipelineExplanation.Of(pipeline.Model.Pipeline).Components.Select(component => (component.Role, $"{component.Plugin}/{component.Name}", $"{component.Layers} {component.Phase}", component.Options.ToString()));
}
