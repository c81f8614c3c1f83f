using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>
/// y[i] = gelu(gate[i]) up[i], i in 0 .. n, with the tanh form of GELU:
/// 0.5 x (1 + tanh(u)) = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3). y may be gate or up.
/// </summary>
/// <remarks>Source: Hendrycks and Gimpel (arXiv 1606.08415); the sigmoid form does not cancel for negative x.</remarks>
public static unsafe class GeluGate
{
    public static void Run(float* gate, float* up, float* y, int n) => Elementwise.Map(default(Op), gate, up, y, n);

    private readonly struct Op : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T>
        {
            T inner = T.MultiplyAdd(a * a, T.Create(2f * 0.7978845608f * 0.044715f), T.Create(2f * 0.7978845608f));
            return a * LaneMath.Sigmoid(a * inner) * b;
        }
    }
}
