using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>IEEE half to f32 for block scales; exact for finite values.</summary>
internal static unsafe class HalfFloat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(byte* source) =>
        BitConverter.Int32BitsToSingle((*(short*)source << 13) & unchecked((int)0x8fffe000)) * 5.192296858534828e33f;
}
