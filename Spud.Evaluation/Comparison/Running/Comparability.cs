using Spud.Models;
using Spud.Models.Messages;

namespace Spud.Evaluation.Comparison;

/// <summary>Checks that pipelines can be compared: their models have the same tokenizer, so that predictions correspond token by token.</summary>
internal static class Comparability
{
    private const string Prefix = "tokenizer.ggml.";

    /// <param name="pipelines">At least two, or one if there are tasks, whose figures are meaningful alone.</param>
    /// <param name="hasTasks">Whether there are tasks.</param>
    /// <exception cref="ComparisonException">They cannot be compared; the message says where the tokenizers differ.</exception>
    public static void Require(IReadOnlyList<ComparedPipeline> pipelines, bool hasTasks)
    {
        if (pipelines.Count < (hasTasks ? 1 : 2))
            throw new ComparisonException($"a comparison needs at least two pipelines, got {pipelines.Count}. Name a second file, or vary an option: --vary cache.format=f16,f32");

        GgufFile first = pipelines[0].Model.Pipeline.File;
        foreach (ComparedPipeline other in pipelines.Skip(1))
        {
            GgufFile file = other.Model.Pipeline.File;
            if (file.Path != first.Path && Difference(first.Metadata, file.Metadata) is { } difference)
            {
                throw new ComparisonException(
                    $"{pipelines[0].Name} and {other.Name} are not comparable: the tokenizers differ: {difference} ({first.Path} and {file.Path}). "
                    + "Only models of one tokenizer can be compared, because token for token their predictions must mean the same.");
            }
        }
    }

    /// <summary>Where two tokenizers differ; null if they do not.</summary>
    internal static string? Difference(GgufMetadata a, GgufMetadata b)
    {
        foreach (string key in a.Keys.Union(b.Keys).Where(static key => key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (!a.Contains(key) || !b.Contains(key))
                return $"only one of the files has {key}";
            if (!a.HasSameValue(b, key))
                return $"{key} differs{Where(a, b, key)}";
        }

        return null;
    }

    /// <summary>Where a value differs, as far as a message can show it.</summary>
    private static string Where(GgufMetadata a, GgufMetadata b, string key)
    {
        if (a.TypeOf(key) != GgufValueType.String || b.TypeOf(key) != GgufValueType.String || a.IsArray(key) != b.IsArray(key))
            return a.CountOf(key) != b.CountOf(key) ? $": {a.CountOf(key)} and {b.CountOf(key)} elements" : "";
        if (!a.IsArray(key))
            return $": {Quoted(a.RequireString(key))} and {Quoted(b.RequireString(key))}";

        (string[] mine, string[] theirs) = (a.RequireStrings(key), b.RequireStrings(key));
        int common = mine.AsSpan().CommonPrefixLength(theirs);
        return common == Math.Min(mine.Length, theirs.Length)
            ? $": {mine.Length} and {theirs.Length} elements"
            : $" at {common}: {Quoted(mine[common])} and {Quoted(theirs[common])}";
    }

    private static string Quoted(string text) => $"'{QuotedText.Of(text)}'";
}
