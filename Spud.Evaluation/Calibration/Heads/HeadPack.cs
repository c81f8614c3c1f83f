using Spud.Models;

namespace Spud.Evaluation.Calibration;

/// <summary>Writes what cache "compressed" reads: a score for each KV head; docs/caches.md describes it.</summary>
public static class HeadPack
{
    private const int KnownFormat = 1;

    /// <summary>Makes the file's content.</summary>
    /// <param name="model">The model it is made for.</param>
    /// <param name="modelHash">Its hash.</param>
    /// <param name="needs">The calibrated heads; others never stream.</param>
    /// <param name="scores">Scores of these heads; heads with lower scores stream first.</param>
    /// <param name="streaming">Default share of these heads that stream.</param>
    /// <param name="text">Description of the calibration text.</param>
    public static byte[] Write(ModelDescription model, string modelHash, IReadOnlyList<HeadNeed> needs, double[] scores, float streaming, string text)
    {
        ArgumentNullException.ThrowIfNull(model);
        GgufWriter file = new();
        file.Set("general.architecture", "spud-pack");
        file.Set(PackFile.ModelKey, modelHash);
        file.Set("spud.heads.format", KnownFormat);
        file.Set("spud.heads.streaming", streaming);
        file.Set("spud.heads.text", text);
        for (int layer = 0; layer < model.Layers.Length; layer++)
        {
            float[] ofLayer = [.. Enumerable.Repeat(float.MaxValue, model.Layers[layer].Kv.Heads)];
            for (int i = 0; i < needs.Count; i++)
            {
                if (needs[i].Head.Layer == layer)
                    ofLayer[needs[i].Head.Head] = (float)scores[i];
            }

            file.Add($"blk.{layer}.head_scores", ofLayer, ofLayer.Length);
        }

        using MemoryStream content = new();
        file.Write(content);
        return content.ToArray();
    }
}
