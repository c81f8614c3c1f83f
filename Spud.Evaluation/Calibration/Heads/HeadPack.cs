using Spud.Models;

namespace Spud.Evaluation.Calibration;

/// <summary>Writes what cache "compressed" reads: in which order heads start to stream, and with which windows; docs/caches.md describes it.</summary>
public static class HeadPack
{
    private const int KnownFormat = 2;

    /// <summary>Makes the file's content.</summary>
    /// <param name="model">The model it is made for.</param>
    /// <param name="modelHash">Its hash.</param>
    /// <param name="path">Steps; heads that are not in it never stream.</param>
    /// <param name="keep">Default share of keys that heads keep.</param>
    /// <param name="tokens">Length of text for which the windows are: in a longer context they are longer in proportion.</param>
    /// <param name="text">Description of the calibration text.</param>
    public static byte[] Write(ModelDescription model, string modelHash, IReadOnlyList<HeadStep> path, float keep, int tokens, string text)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        int[] windows = [.. path.Select(static step => step.Window.Recent).Distinct().OrderDescending()];
        GgufWriter file = new();
        file.Set("general.architecture", "spud-pack");
        file.Set(PackFile.ModelKey, modelHash);
        file.Set("spud.heads.format", KnownFormat);
        file.Set("spud.heads.keep", keep);
        file.Set("spud.heads.tokens", tokens);
        file.Set("spud.heads.windows", windows.Length);
        file.Set("spud.heads.text", text);
        file.Add("heads.recent", [.. windows.Select(static recent => (float)recent)], windows.Length);
        for (int layer = 0; layer < model.Layers.Length; layer++)
        {
            float[] order = [.. Enumerable.Repeat(float.MaxValue, windows.Length * model.Layers[layer].Kv.Heads)];
            for (int i = 0; i < path.Count; i++)
            {
                if (path[i].Window is var (head, recent) && head.Layer == layer)
                    order[Array.IndexOf(windows, recent) * model.Layers[layer].Kv.Heads + head.Head] = i;
            }

            file.Add($"blk.{layer}.head_order", order, windows.Length, model.Layers[layer].Kv.Heads);
        }

        using MemoryStream content = new();
        file.Write(content);
        return content.ToArray();
    }
}
