using Spud;

namespace Cache.Compressed;

/// <summary>How much each KV head needs distant keys, from a pack written by <c>spud calibrate heads</c>.</summary>
internal sealed class HeadScores
{
    /// <summary>The only pack format.</summary>
    public const int KnownFormat = 1;

    private readonly float[]?[] _scores;

    private HeadScores(float[]?[] scores, double? share) => (_scores, Share) = (scores, share);

    /// <summary>Share of streaming heads that the calibration recommends; null if it recommends none.</summary>
    public double? Share { get; }

    /// <summary>Reads the pack; null if the pipeline names none.</summary>
    /// <exception cref="RefusedException">The pack is not for this plugin or lacks a layer.</exception>
    public static HeadScores? Of(IBuildContext build)
    {
        if (build.Pack is not { } pack)
            return null;
        if (pack.Number("spud.heads.format") is not { } format)
            throw new RefusedException("cache compressed: the pack has no key 'spud.heads.format'. Name a pack that 'spud calibrate heads' wrote.");
        if (format != KnownFormat)
            throw new RefusedException($"cache compressed: the pack has format {format}, expected {KnownFormat}. Write it anew with 'spud calibrate heads'.");

        float[]?[] scores = new float[build.Model.Layers.Length][];
        for (int layer = 0; layer < scores.Length; layer++)
            scores[layer] = pack.Take($"blk.{layer}.head_scores", build.Model.Layers[layer].Kv.Heads).AsSpan<float>().ToArray();

        return new(scores, pack.Number("spud.heads.streaming"));
    }

    /// <summary>[L][G]: the heads with the lowest scores, of the given layers.</summary>
    /// <param name="share">Share of these heads, 0 .. 1.</param>
    /// <param name="layers">Layers whose heads may stream.</param>
    public bool[][] Smallest(double share, IEnumerable<int> layers)
    {
        (int Layer, int Head)[] all = [.. layers.SelectMany(layer => Enumerable.Range(0, _scores[layer]!.Length).Select(head => (layer, head)))];
        bool[][] streams = [.. _scores.Select(static heads => new bool[heads!.Length])];
        foreach ((int layer, int head) in all.OrderBy(of => _scores[of.Layer]![of.Head]).Take((int)Math.Round(share * all.Length)))
            streams[layer][head] = true;

        return streams;
    }
}
