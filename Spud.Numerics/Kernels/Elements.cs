using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>How keys, values or weights lie in memory; loading expands to f32 in registers.</summary>
internal unsafe interface IElements<TElement> where TElement : unmanaged
{
    static abstract T Load<T>(TElement* source) where T : struct, ILanes<T>;
}

internal readonly unsafe struct SingleElements : IElements<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(float* source) where T : struct, ILanes<T> => T.Load(source);
}

internal readonly unsafe struct HalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* source) where T : struct, ILanes<T> => T.LoadHalf(source);
}

/// <summary>Halves times 2^-112, which saves a multiplication.</summary>
internal readonly unsafe struct TinyHalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* source) where T : struct, ILanes<T> => T.LoadTinyHalf(source);
}

internal readonly unsafe struct BrainElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ushort* source) where T : struct, ILanes<T> => T.LoadBrain(source);
}
