using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>An operation on one element of two rows; its fields are its constants.</summary>
internal interface IElementwise
{
    T Apply<T>(T a, T b) where T : struct, ILanes<T>;
}

/// <summary>The one traversal of all elementwise kernels: y[i] = op(a[i], b[i]) for i in 0 .. n.</summary>
/// <remarks>y may be a or b; it may not overlap them otherwise. An element's result does not depend on the width.</remarks>
internal static unsafe class Elementwise
{
    public static void Map<TOp>(TOp op, float* a, float* b, float* y, int n) where TOp : struct, IElementwise
    {
        int done = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            done = Run<Lanes16, TOp>(op, a, b, y, 0, n);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            done = Run<Lanes8, TOp>(op, a, b, y, 0, n);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            done = Run<Lanes4, TOp>(op, a, b, y, 0, n);
        }

        Run<Lanes1, TOp>(op, a, b, y, done, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<T, TOp>(TOp op, float* a, float* b, float* y, int from, int n)
        where T : struct, ILanes<T>
        where TOp : struct, IElementwise
    {
        int i = from;
        for (; i <= n - T.Count; i += T.Count)
        {
            T.Store(op.Apply(T.Load(a + i), T.Load(b + i)), y + i);
        }

        return i;
    }
}
