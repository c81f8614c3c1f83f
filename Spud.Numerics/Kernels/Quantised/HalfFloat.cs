using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>IEEE half to f32 for block scales; exact for finite values.</summary>
internal static unsafe class HalfFloat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(byte* source)
    {
        ushort bits = *(ushort*)source;
        return Lanes1.Sum(Lanes1.LoadHalf(&bits));
    }
}
