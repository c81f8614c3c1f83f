using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Bench.Kernels;

/// <summary>What one core can do: the roofs under which the kernels stand.</summary>
internal static unsafe class Machine
{
    private const int Rounds = 200_000;

    public static void Run(Best best)
    {
        Console.WriteLine($"machine: f32 fused multiply-add      {Rounds * 8.0 * 16 / best.Seconds(() => MultiplyAdds()) / 1e9,7:F1} GMAC/s a core");
        if (Avx512BW.IsSupported)
        {
            Console.WriteLine($"machine: VPMADDUBSW + VPADDW         {Rounds * 8.0 * 64 / best.Seconds(() => Bytes()) / 1e9,7:F1} GMAC/s a core");
            Console.WriteLine($"machine: VPMADDWD + VPADDD           {Rounds * 8.0 * 32 / best.Seconds(() => Pairs()) / 1e9,7:F1} GMAC/s a core");
        }

        const long Length = 256L << 20;
        byte* memory = Memory.Blocks(Length, 1);
        Console.WriteLine($"machine: reading memory              {(4 << 20) / best.SecondsOfPart(64, part => Read(memory + (long)part * (4 << 20), 4 << 20)) / 1e9,7:F1} GB/s one thread");
        Console.WriteLine($"machine: reading memory              {Length / best.SecondsOnTwo(part => Read(memory + part * (Length / 2), Length / 2)) / 1e9,7:F1} GB/s two threads");
        Memory.Free(memory);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds()
    {
        Vector512<float> a = Vector512.Create(1.0001f), b = Vector512.Create(0.999f);
        Vector512<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a;
        for (int i = 0; i < Rounds; i++)
        {
            s0 = Vector512.MultiplyAddEstimate(s0, b, a);
            s1 = Vector512.MultiplyAddEstimate(s1, b, a);
            s2 = Vector512.MultiplyAddEstimate(s2, b, a);
            s3 = Vector512.MultiplyAddEstimate(s3, b, a);
            s4 = Vector512.MultiplyAddEstimate(s4, b, a);
            s5 = Vector512.MultiplyAddEstimate(s5, b, a);
            s6 = Vector512.MultiplyAddEstimate(s6, b, a);
            s7 = Vector512.MultiplyAddEstimate(s7, b, a);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + (s4 + s5 + s6 + s7));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Bytes()
    {
        Vector512<sbyte> b = Vector512.Create((sbyte)2);
        Vector512<short> s0 = default, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        Vector512<byte> a0 = b.AsByte(), a1 = a0 + a0, a2 = a1 + a0, a3 = a2 + a0, a4 = a3 + a0, a5 = a4 + a0, a6 = a5 + a0, a7 = a6 + a0;
        for (int i = 0; i < Rounds; i++)
        {
            b ^= Vector512.Create((sbyte)i);
            s0 += Avx512BW.MultiplyAddAdjacent(a0, b);
            s1 += Avx512BW.MultiplyAddAdjacent(a1, b);
            s2 += Avx512BW.MultiplyAddAdjacent(a2, b);
            s3 += Avx512BW.MultiplyAddAdjacent(a3, b);
            s4 += Avx512BW.MultiplyAddAdjacent(a4, b);
            s5 += Avx512BW.MultiplyAddAdjacent(a5, b);
            s6 += Avx512BW.MultiplyAddAdjacent(a6, b);
            s7 += Avx512BW.MultiplyAddAdjacent(a7, b);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + (s4 + s5 + s6 + s7));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Pairs()
    {
        Vector512<short> b = Vector512.Create((short)2);
        Vector512<int> s0 = default, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        Vector512<short> a0 = b, a1 = a0 + b, a2 = a1 + b, a3 = a2 + b, a4 = a3 + b, a5 = a4 + b, a6 = a5 + b, a7 = a6 + b;
        for (int i = 0; i < Rounds; i++)
        {
            b ^= Vector512.Create((short)i);
            s0 += Avx512BW.MultiplyAddAdjacent(a0, b);
            s1 += Avx512BW.MultiplyAddAdjacent(a1, b);
            s2 += Avx512BW.MultiplyAddAdjacent(a2, b);
            s3 += Avx512BW.MultiplyAddAdjacent(a3, b);
            s4 += Avx512BW.MultiplyAddAdjacent(a4, b);
            s5 += Avx512BW.MultiplyAddAdjacent(a5, b);
            s6 += Avx512BW.MultiplyAddAdjacent(a6, b);
            s7 += Avx512BW.MultiplyAddAdjacent(a7, b);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + (s4 + s5 + s6 + s7));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Read(byte* memory, long bytes)
    {
        Vector256<ulong> s0 = default, s1 = s0, s2 = s0, s3 = s0;
        for (byte* end = memory + bytes; memory < end; memory += 128)
        {
            s0 += Vector256.Load((ulong*)memory);
            s1 += Vector256.Load((ulong*)(memory + 32));
            s2 += Vector256.Load((ulong*)(memory + 64));
            s3 += Vector256.Load((ulong*)(memory + 96));
        }

        return Vector256.Sum(s0 + s1 + (s2 + s3));
    }
}
