using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>How packed formats sum products of codes and activations: see <see cref="IPackedFormat"/>.</summary>
internal static unsafe class PackedProducts
{
    /// <summary>Unsigned codes that are few or small enough for all products of a part to fit an i16 in pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unsigned<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        TBytes x = TBytes.Broadcast(*(int*)quants);
        n0 = TBytes.MultiplyAddBytes(n0, a0, x);
        n1 = TBytes.MultiplyAddBytes(n1, a1, x);
        x = TBytes.Broadcast(*(int*)(quants + 4));
        n0 = TBytes.MultiplyAddBytes(n0, b0, x);
        n1 = TBytes.MultiplyAddBytes(n1, b1, x);
    }

    /// <summary>Unsigned codes up to 63: two quads fit an i16 in pairs, 4 x 63 x 127 = 32,004.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widened<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        TBytes first = TBytes.Broadcast(*(int*)quants), second = TBytes.Broadcast(*(int*)(quants + 4));
        n0 = TBytes.Add(n0, TBytes.Widen(TBytes.MultiplyAddBytes(TBytes.MultiplyBytes(a0, first), b0, second)));
        n1 = TBytes.Add(n1, TBytes.Widen(TBytes.MultiplyAddBytes(TBytes.MultiplyBytes(a1, first), b1, second)));
    }

    /// <summary>Signed bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signed<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        TBytes.MultiplyAddSigned(ref n0, ref n1, a0, a1, quants, pairs);
        TBytes.MultiplyAddSigned(ref n0, ref n1, b0, b1, quants + 4, pairs + 4);
    }

    /// <summary>Codes without an offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        n0 = TBytes.Widen(n0);
        n1 = TBytes.Widen(n1);
    }

    /// <summary>Subtracts <paramref name="offset"/>: the codes' offset times the sum of the quants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int offset)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        n0 = TBytes.Widen(n0);
        n1 = TBytes.Widen(n1);
        WidenedTotal<TBytes, TFloat>(ref n0, ref n1, offset);
    }

    /// <summary>Like Total, for sums that are already i32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WidenedTotal<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int offset)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        TBytes less = TBytes.Broadcast(-offset);
        n0 = TBytes.Add(n0, less);
        n1 = TBytes.Add(n1, less);
    }

    /// <summary>Used after <see cref="Signed"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SignedTotal<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
    {
        if (TBytes.HasByteDot)
        {
            WidenedTotal<TBytes, TFloat>(ref n0, ref n1, 128 * (halfSums[0] + halfSums[1]));
        }
    }
}
