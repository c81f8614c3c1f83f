using Spud;
using Spud.Numerics;

namespace Router.Hierarchical;

/// <summary>Kinds of text in the pack: for each, a name, the shares of experts in each layer, and the radius within which its texts lie.</summary>
internal sealed class TextLabels
{
    private readonly string[] _names;
    private readonly float[]?[] _centroids;
    private readonly float[] _radii;
    private readonly double _scale;

    private TextLabels(IBuildContext build, IPack pack, int count)
    {
        _names = [.. Enumerable.Range(0, count).Select(number => pack.Text(PackKeys.Label(number)) ?? throw new RefusedException($"router hierarchical: the pack has no key '{PackKeys.Label(number)}'. The file is damaged. Make it again: spud calibrate router"))];
        _scale = PackKeys.Number(pack, PackKeys.Scale, double.Epsilon, 1) ?? throw new RefusedException($"router hierarchical: the pack has no key '{PackKeys.Scale}'. The file is damaged. Make it again: spud calibrate router");
        _radii = Floats(pack, PackKeys.Radii, 2, count);
        _centroids = new float[]?[build.Model.Layers.Length];
        for (int layer = 0; layer < _centroids.Length; layer++)
        {
            int experts = build.Model.Layers[layer].Experts;
            if (experts == 1)
                continue;

            float[] centroids = Floats(pack, PackKeys.Centroids(layer), count, experts);
            // A component that serves only some layers uses only those.
            if (!build.Layers.Contains(layer))
                continue;

            _centroids[layer] = centroids;
        }
    }

    /// <summary>Reads those of the pack; null if there are none.</summary>
    /// <exception cref="RefusedException">The pack is damaged.</exception>
    public static TextLabels? Of(IBuildContext build) =>
        build.Pack is { } pack && PackKeys.Number(pack, PackKeys.Labels, 0, 1024) is > 0 and { } count ? new(build, pack, (int)count) : null;

    /// <inheritdoc cref="ILabelsText.LabelOf"/>
    public TextLabel? LabelOf(ReadOnlySpan<TensorView> states)
    {
        Span<double> distances = stackalloc double[_names.Length];
        distances.Clear();
        (ulong tokens, int layers) = (0, 0);
        for (int layer = 0; layer < _centroids.Length; layer++)
        {
            // A pipeline may leave layers out, whose states are absent.
            if (_centroids[layer] is not { } centroids || !states[layer].IsPresent)
                continue;

            int experts = centroids.Length / _names.Length;
            TextState text = new(states[layer], experts);
            tokens = text.Tokens;
            if (tokens == 0)
                return null;
            for (int kind = 0; kind < distances.Length; kind++)
                distances[kind] += TextKind.Distance(text.Sums, centroids.AsSpan(kind * experts, experts));
            layers++;
        }

        if (layers == 0)
            return null;
        foreach (ref double distance in distances)
            distance /= layers;

        // Shares of a few tokens vary more.
        Span<float> radii = _radii.AsSpan(tokens < 2 * ExpertPool.FirstTokens ? 0 : _names.Length, _names.Length);
        (int nearest, double confidence) = TextKind.Choose(distances, radii, _scale);
        return new(nearest < 0 ? TextLabel.None : _names[nearest], confidence);
    }

    private static float[] Floats(IPack pack, string name, params ReadOnlySpan<int> shape)
    {
        TensorView taken = pack.Take(name, shape);
        if (taken.Type != ElementType.F32)
            throw new RefusedException($"router hierarchical: the pack's {name} is {taken.Type}, expected F32. The file is damaged. Make it again: spud calibrate router");

        float[] floats = taken.AsSpan<float>().ToArray();
        pack.Release(taken);
        foreach (float value in floats)
        {
            if (value is not (>= 0 and <= 1))
                throw new RefusedException($"router hierarchical: the pack's {name} contains {value}, expected 0 to 1. The file is damaged. Make it again: spud calibrate router");
        }

        return floats;
    }
}
