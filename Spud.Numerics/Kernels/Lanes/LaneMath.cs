using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>Elementary functions over lanes, all in plain arithmetic, so that every width gives the same result.</summary>
internal static class LaneMath
{
    /// <summary>
    /// e^x within 2 ulp for x in [-87, 88]; 0 below -87.3, 2.2e38 from 88.3 upwards.
    /// x = n ln 2 + r with |r| at most (ln 2) / 2, then a polynomial of degree 6 in r, times 2^n.
    /// Source: the reduction of Cody and Waite; coefficients of Cephes' expf.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        const float Magic = 12582912f; // 1.5 * 2^23: adding it rounds to an integer, held in the low bits
        T clamped = T.Min(T.Create(88.3f), T.Max(T.Create(-87.3f), x));
        T shifted = T.MultiplyAdd(clamped, T.Create(1.44269504f), T.Create(Magic));
        T n = shifted - T.Create(Magic);
        T r = T.MultiplyAdd(n, T.Create(-0.693359375f), clamped);
        r = T.MultiplyAdd(n, T.Create(2.12194440e-4f), r);
        T p = T.Create(1.9875691500e-4f);
        p = T.MultiplyAdd(p, r, T.Create(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.Create(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.Create(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.Create(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.Create(5.0000001201e-1f));
        p = T.MultiplyAdd(p, r * r, r) + T.Create(1f);
        return T.SelectLess(x, T.Create(-87.3f), T.Create(0f), T.ShiftExponent(p, shifted));
    }

    /// <summary>1 / (1 + e^-x), within 4 ulp for x above -87, 0 below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : struct, ILanes<T> =>
        T.SelectLess(x, T.Create(-88f), T.Create(0f), T.Create(1f) / (T.Create(1f) + Exp(T.Create(0f) - x)));
}
