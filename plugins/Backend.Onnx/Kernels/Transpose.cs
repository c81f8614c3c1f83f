using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Backend.Onnx.Kernels;

/// <summary>y[k, first + r] = x[r, k], for rows x [R, K] and y [K, stride].</summary>
internal static unsafe class Transpose
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ReadOnlySpan<float> x, int rows, nint y, int first, int stride)
    {
        int width = x.Length / rows;
        Debug.Assert(width * rows == x.Length);
        fixed (float* source = x)
        {
            for (int k = 0; k < width; k++)
            {
                float* from = source + k, to = (float*)y + (long)k * stride + first;
                for (int r = 0; r < rows; r++)
                    to[r] = from[(long)r * width];
            }
        }
    }
}
