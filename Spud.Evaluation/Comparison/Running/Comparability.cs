using Spud.Models;
using Spud.Models.Messages;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Whether pipelines can be compared: one model and one tokenizer. Two files are one model if they agree in architecture, name, every number
/// that describes it, and the names and shapes of all tensors; their number formats may differ.
/// </summary>
internal static class Comparability
{
    private const string Remedy = "Only pipelines of one model can be compared, because token for token their predictions must mean the same.";

    /// <exception cref="ComparisonException">They cannot; the message says why.</exception>
    public static void Require(IReadOnlyList<ComparedPipeline> pipelines)
    {
        if (pipelines.Count < 2)
            throw new ComparisonException($"a comparison needs at least two pipelines, got {pipelines.Count}. Name a second file, or vary an option: --vary cache.format=f16,f32");

        GgufFile first = pipelines[0].Model.Pipeline.File;
        foreach (ComparedPipeline other in pipelines.Skip(1))
        {
            GgufFile file = other.Model.Pipeline.File;
            if (file.Path != first.Path && Difference(first, file, pipelines[0].Model.Pipeline.Model, other.Model.Pipeline.Model) is { } difference)
                throw new ComparisonException($"{pipelines[0].Name} and {other.Name} are not comparable: {difference} ({first.Path} and {file.Path}). {Remedy}");
        }
    }

    private static string? Difference(GgufFile a, GgufFile b, ModelDescription modelA, ModelDescription modelB) =>
        Tokenizers(a.Metadata, b.Metadata)
        ?? (modelA.Architecture != modelB.Architecture ? $"the architectures differ, {modelA.Architecture} and {modelB.Architecture}" : null)
        ?? Names(a.Metadata, b.Metadata)
        ?? Keys(a.Metadata, b.Metadata, key => key.StartsWith(modelA.Architecture + ".", StringComparison.Ordinal))
        ?? Tensors(a, b);

    private static string? Tokenizers(GgufMetadata a, GgufMetadata b) =>
        Keys(a, b, static key => key.StartsWith("tokenizer.ggml.", StringComparison.Ordinal)) is { } difference ? $"the tokenizers differ: {difference}" : null;

    private static string? Names(GgufMetadata a, GgufMetadata b) =>
        a.TryGetString("general.name", out string? nameA) && b.TryGetString("general.name", out string? nameB) && nameA != nameB
            ? $"the models' names differ, {QuotedText.Of(nameA)} and {QuotedText.Of(nameB)}" : null;

    private static string? Keys(GgufMetadata a, GgufMetadata b, Func<string, bool> counts)
    {
        foreach (string key in a.Keys.Union(b.Keys).Where(counts))
        {
            if (!a.Contains(key) || !b.Contains(key))
                return $"only one of the files has {key}";
            if (!a.HasSameValue(b, key))
                return $"{key} differs";
        }

        return null;
    }

    private static string? Tensors(GgufFile a, GgufFile b)
    {
        foreach (GgufTensor tensor in a.Tensors)
        {
            if (!b.TryGetTensor(tensor.Name, out GgufTensor? other))
                return $"only one of the files has the tensor {tensor.Name}";
            if (!tensor.Shape.AsSpan().SequenceEqual(other.Shape.AsSpan()))
                return $"the shapes of {tensor.Name} differ";
        }

        return a.Tensors.Length == b.Tensors.Length ? null : $"the files have {a.Tensors.Length} and {b.Tensors.Length} tensors";
    }
}
