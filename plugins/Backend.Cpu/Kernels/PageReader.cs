using Spud;

namespace Backend.Cpu.Kernels;

/// <summary>Where the keys, values and positions of a run lie: <see cref="PageView"/>'s views as plain addresses.</summary>
internal readonly unsafe struct PageReader
{
    private readonly nint _keys, _values;
    private readonly int* _positions;
    private readonly int _heads, _pageTokens;
    private readonly bool _perHead;

    public PageReader(in PageView pages)
    {
        (TensorView keys, TensorView values) = (pages.Pool.Keys, pages.Pool.Values);
        (_heads, _pageTokens, _perHead) = (keys.Shape[1], keys.Shape[2], pages.HeadRunOffsets.IsPresent);
        (_keys, KeyType, KeyBytes) = (keys.Address, keys.Type, keys.Type.BytesOf(keys.Shape[3]));
        (_values, ValueType, ValueBytes) = (values.Address, values.Type, values.Type.BytesOf(values.Shape[3]));
        _positions = (int*)pages.Pool.Positions.Address;
    }

    /// <summary>A type that expands to F32.</summary>
    public ElementType KeyType { get; }

    /// <summary>A type that expands to F32.</summary>
    public ElementType ValueType { get; }

    /// <summary>Bytes of a key.</summary>
    public long KeyBytes { get; }

    /// <summary>Bytes of a value.</summary>
    public long ValueBytes { get; }

    /// <summary>[Keys, D] of a run and KV head.</summary>
    public byte* KeysOf(in KeyRun run, int kvHead) => (byte*)_keys + RowOf(run, kvHead) * KeyBytes;

    /// <summary>[Keys, Dv] of a run and KV head.</summary>
    public byte* ValuesOf(in KeyRun run, int kvHead) => (byte*)_values + RowOf(run, kvHead) * ValueBytes;

    /// <summary>Positions of a run's keys, ascending.</summary>
    public ReadOnlySpan<int> PositionsOf(in KeyRun run) => new(_positions + (long)run.Page * _pageTokens + run.FirstKey, run.Keys);

    private long RowOf(in KeyRun run, int kvHead) => ((long)run.Page * _heads + (_perHead ? 0 : kvHead)) * _pageTokens + run.FirstKey;
}
