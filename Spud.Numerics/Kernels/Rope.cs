using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// Rotary position embedding of the first w elements of a head, in place, from rows of cosines and sines of length
/// w / 2: a pair (a, b) becomes (a cos - b sin, a sin + b cos). Elements from w on are unchanged.
/// </summary>
/// <remarks>Source: Su et al. (arXiv 2104.09864). Attention factors (YaRN) are included in the cosines and sines.</remarks>
public static unsafe class Rope
{
    /// <summary>Pairs (i, i + w / 2), i in 0 .. w / 2 (GPT-NeoX pairing). w is even.</summary>
    public static void Halves(float* head, float* cos, float* sin, int w)
    {
        int done = 0, half = w / 2;
        if (Vector512.IsHardwareAccelerated)
        {
            done = Halves<Lanes16>(head, cos, sin, half, 0);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            done = Halves<Lanes8>(head, cos, sin, half, 0);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            done = Halves<Lanes4>(head, cos, sin, half, 0);
        }

        Halves<Lanes1>(head, cos, sin, half, done);
    }

    /// <summary>Pairs (2 i, 2 i + 1), i in 0 .. w / 2 (the pairing of the paper, llama's in GGUF files). w is even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interleaved(float* head, float* cos, float* sin, int w)
    {
        for (int i = 0; i < w / 2; i++)
        {
            float a = head[2 * i], b = head[2 * i + 1];
            head[2 * i] = float.MultiplyAddEstimate(a, cos[i], -(b * sin[i]));
            head[2 * i + 1] = float.MultiplyAddEstimate(b, cos[i], a * sin[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Halves<T>(float* head, float* cos, float* sin, int half, int from) where T : struct, ILanes<T>
    {
        int i = from;
        for (; i <= half - T.Count; i += T.Count)
        {
            T a = T.Load(head + i), b = T.Load(head + half + i), c = T.Load(cos + i), s = T.Load(sin + i);
            T.Store(T.MultiplyAdd(a, c, T.Create(0f) - b * s), head + i);
            T.Store(T.MultiplyAdd(b, c, a * s), head + half + i);
        }

        return i;
    }
}
