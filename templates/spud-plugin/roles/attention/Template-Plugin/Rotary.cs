using Spud;

namespace TemplateSpace;

/// <summary>Rotary embedding (Su et al., arXiv:2104.09864).</summary>
internal static class Rotary
{
    /// <summary>Turns every head of a row and multiplies it.</summary>
    /// <param name="layer">Says how.</param>
    /// <param name="position">Of the row.</param>
    /// <param name="scale">Of the result: queries carry the scale of the scores.</param>
    /// <param name="heads">[heads * D].</param>
    public static void Turn(LayerDescription layer, int position, float scale, Span<float> heads)
    {
        for (int at = 0; at < heads.Length; at += layer.Kv.KeyWidth)
        {
            Span<float> head = heads.Slice(at, layer.Kv.KeyWidth);
            if (layer.Rope is { } rope)
                Turn(rope, position, head);
            foreach (ref float value in head)
                value *= scale;
        }
    }

    private static void Turn(Rope rope, int position, Span<float> head)
    {
        for (int i = 0; i < rope.Width / 2; i++)
        {
            (int first, int second) = rope.Interleaved ? (2 * i, 2 * i + 1) : (i, i + rope.Width / 2);
            double angle = position * Math.Pow(rope.Base, -2.0 * i / rope.Width) / (rope.Factors.IsEmpty ? 1 : rope.Factors[i]);
            (double sin, double cos) = (rope.Magnitude * Math.Sin(angle), rope.Magnitude * Math.Cos(angle));
            (head[first], head[second]) = ((float)(head[first] * cos - head[second] * sin), (float)(head[first] * sin + head[second] * cos));
        }
    }
}
