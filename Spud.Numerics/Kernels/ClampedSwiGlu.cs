using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>
/// The gate of gpt-oss: g = min(gate[i], limit), u = clamp(up[i], -limit, limit), y[i] = g sigmoid(alpha g) (u + 1),
/// i in 0 .. n. y may be gate or up. gpt-oss has alpha = 1.702 and limit = 7.
/// </summary>
/// <remarks>Source: the model's published reference; GGML calls it swiglu_oai.</remarks>
public static unsafe class ClampedSwiGlu
{
    public static void Run(float* gate, float* up, float* y, int n, float alpha, float limit) =>
        Elementwise.Map(new Op(alpha, limit), gate, up, y, n);

    private readonly struct Op(float alpha, float limit) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T>
        {
            T gate = T.Min(T.Create(limit), a);
            T up = T.Max(T.Create(-limit), T.Min(T.Create(limit), b));
            return gate * LaneMath.Sigmoid(gate * T.Create(alpha)) * (up + T.Create(1f));
        }
    }
}
