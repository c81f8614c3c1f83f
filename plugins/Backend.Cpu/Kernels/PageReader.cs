using Spud;

namespace Backend.Cpu.Kernels;

/// <summary>Locates the keys, values and positions of a run: the views of <see cref="PageView"/> as plain addresses.</summary>
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

    /// <summary>Type of keys, which can be expanded to F32.</summary>
    public ElementType KeyType { get; }

    /// <summary>Type of values, which can be expanded to F32.</summary>
    public ElementType ValueType { get; }

    /// <summary>Bytes per key.</summary>
    public long KeyBytes { get; }

    /// <summary>Bytes per value.</summary>
    public long ValueBytes { get; }

    /// <summary>[Keys, D] of a run and KV head.</summary>
    public byte* KeysOf(in KeyRun run, int kvHead) => (byte*)_keys + RowOf(run, kvHead) * KeyBytes;

    /// <summary>[Keys, Dv] of a run and KV head.</summary>
    public byte* ValuesOf(in KeyRun run, int kvHead) => (byte*)_values + RowOf(run, kvHead) * ValueBytes;

    /// <summary>Positions of a run's keys, ascending.</summary>
    public ReadOnlySpan<int> PositionsOf(in KeyRun run) => new(_positions + (long)run.Page * _pageTokens + run.FirstKey, run.Keys);

    private long RowOf(in KeyRun run, int kvHead) => ((long)run.Page * _heads + (_perHead ? 0 : kvHead)) * _pageTokens + run.FirstKey;
}
