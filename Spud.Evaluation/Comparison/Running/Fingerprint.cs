using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spud.Composition;

namespace Spud.Evaluation.Comparison;

/// <summary>Hash of everything that a comparison depends on: resolved pipelines, model files, texts, settings.</summary>
internal static class Fingerprint
{
    public static string Of(IReadOnlyList<ComparedPipeline> pipelines, IReadOnlyList<ComparedText> texts, ComparedTasks tasks, ComparisonSettings settings)
    {
        StringBuilder all = new();
        all.Append(typeof(Fingerprint).Assembly.GetName().Version).Append('\n').Append(settings).Append('\n');
        foreach (ComparedPipeline pipeline in pipelines)
            Append(all, pipeline);

        foreach (ComparedText text in texts)
            all.Append(text.Sha256).Append('\n');

        foreach (ComparisonTask task in tasks.Questions)
            all.Append(CultureInfo.InvariantCulture, $"{task.Name} {task.Sha256} {task.Items.Count}\n");

        foreach (NeedleTask task in tasks.Needles)
            all.Append(CultureInfo.InvariantCulture, $"{task.Name} {task.Sha256} {task.Settings}\n");

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private static void Append(StringBuilder all, ComparedPipeline pipeline)
    {
        // Hashing gigabytes of weights would take longer than many comparisons: files with equal name, length and time are taken as equal.
        foreach (string file in pipeline.Model.Pipeline.File.Files)
            all.Append(Path.GetFullPath(file)).Append(' ').Append(new FileInfo(file).Length).Append(' ').Append(File.GetLastWriteTimeUtc(file).Ticks).Append('\n');

        PipelineExplanation explained = PipelineExplanation.Of(pipeline.Model.Pipeline);
        all.Append(explained.Limits).Append('\n');
        foreach (ComponentExplanation component in explained.Components)
            all.Append(CultureInfo.InvariantCulture, $"{component.Role} {component.Plugin}/{component.Name} {component.Version} {component.Layers} {component.Phase} {component.Options}\n");
    }
}
