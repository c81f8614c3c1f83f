using System.Text;
using Spud.Models;

namespace Spud.Tests.Models;

/// <summary>Writes GGUF files for tests, also ones that lie: every number of the header can be set apart from what it describes.</summary>
internal sealed class GgufBuilder
{
    private readonly List<(string Key, Action<GgufBuilder> Value)> _keys = [];
    private readonly List<Tensor> _tensors = [];
    private readonly List<(int Offset, int Bytes)> _fields = [];
    private readonly List<byte> _bytes = [];

    /// <summary>A tensor as it stands in the header.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">Its type, by number, so that unknown ones can be written.</param>
    /// <param name="Axes">In GGUF's order, fastest first.</param>
    /// <param name="Data">Its bytes.</param>
    /// <param name="Offset">Its offset if it shall not be the next free one.</param>
    private sealed record Tensor(string Name, uint Type, ulong[] Axes, byte[] Data, ulong? Offset);

    public byte[] Magic { get; init; } = "GGUF"u8.ToArray();

    public uint Version { get; init; } = 3;

    /// <summary>Where tensors are put; a file with another one than 32 says so with the key general.alignment.</summary>
    public int Alignment { get; init; } = 32;

    /// <summary>What the header says instead of the number of keys.</summary>
    public ulong? KeyCount { get; init; }

    /// <summary>What the header says instead of the number of tensors.</summary>
    public ulong? TensorCount { get; init; }

    /// <summary>Offset and size of every number in the header that was built last: counts, lengths, types, axes, offsets, values.</summary>
    public IReadOnlyList<(int Offset, int Bytes)> Fields => _fields;

    public GgufBuilder Set(string key, uint value) => SetRaw(key, GgufValueType.UInt32, b => b.Number(value));

    public GgufBuilder Set(string key, int value) => SetRaw(key, GgufValueType.Int32, b => b.Number((uint)value));

    public GgufBuilder Set(string key, ushort value) => SetRaw(key, GgufValueType.UInt16, b => b.Raw(BitConverter.GetBytes(value)));

    public GgufBuilder Set(string key, ulong value) => SetRaw(key, GgufValueType.UInt64, b => b.Number(value));

    public GgufBuilder Set(string key, float value) => SetRaw(key, GgufValueType.Float32, b => b.Raw(BitConverter.GetBytes(value)));

    public GgufBuilder Set(string key, bool value) => SetRaw(key, GgufValueType.Bool, b => b.Raw(BitConverter.GetBytes(value)));

    public GgufBuilder Set(string key, string value) => SetRaw(key, GgufValueType.String, b => b.Text(value));

    public GgufBuilder Set(string key, params string[] values) => SetArray(key, GgufValueType.String, values, (b, value) => b.Text(value));

    public GgufBuilder Set(string key, params int[] values) => SetArray(key, GgufValueType.Int32, values, (b, value) => b.Number((uint)value));

    public GgufBuilder Set(string key, params float[] values) => SetArray(key, GgufValueType.Float32, values, (b, value) => b.Raw(BitConverter.GetBytes(value)));

    public GgufBuilder Set(string key, params bool[] values) => SetArray(key, GgufValueType.Bool, values, (b, value) => b.Raw(BitConverter.GetBytes(value)));

    /// <summary>A key whose value is whatever the action writes after the type.</summary>
    public GgufBuilder SetRaw(string key, GgufValueType type, Action<GgufBuilder> value)
    {
        _keys.Add((key, b =>
        {
            b.Number((uint)type);
            value(b);
        }));
        return this;
    }

    public GgufBuilder SetArray<T>(string key, GgufValueType type, IReadOnlyCollection<T> values, Action<GgufBuilder, T> element) =>
        SetRaw(key, GgufValueType.Array, b =>
        {
            b.Number((uint)type);
            b.Number((ulong)values.Count);
            foreach (T value in values)
                element(b, value);
        });

    /// <summary>A tensor with a row-major shape ([out, in]); null data are zeros.</summary>
    public GgufBuilder Add(string name, ElementType type, int[] shape, byte[]? data = null) =>
        AddRaw(name, (uint)type, [.. shape.Reverse().Select(axis => (ulong)axis)], data ?? new byte[type.BytesOf(shape.Aggregate(1L, (a, b) => a * b))]);

    /// <summary>An F32 tensor with its values.</summary>
    public GgufBuilder Add(string name, int[] shape, float[] values) =>
        Add(name, ElementType.F32, shape, [.. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>A tensor as the header shall describe it, true or not.</summary>
    public GgufBuilder AddRaw(string name, uint type, ulong[] axes, byte[] data, ulong? offset = null)
    {
        _tensors.Add(new Tensor(name, type, axes, data, offset));
        return this;
    }

    /// <summary>Writes a 32-bit number.</summary>
    public void Number(uint value)
    {
        _fields.Add((_bytes.Count, 4));
        Raw(BitConverter.GetBytes(value));
    }

    /// <summary>Writes a 64-bit number.</summary>
    public void Number(ulong value)
    {
        _fields.Add((_bytes.Count, 8));
        Raw(BitConverter.GetBytes(value));
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Writes text with its length before it.</summary>
    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number((ulong)bytes.Length);
        Raw(bytes);
    }

    public byte[] Build()
    {
        _bytes.Clear();
        _fields.Clear();
        Raw(Magic);
        Number(Version);
        Number(TensorCount ?? (ulong)_tensors.Count);
        Number(KeyCount ?? (ulong)_keys.Count);
        foreach ((string key, Action<GgufBuilder> value) in _keys)
        {
            Text(key);
            value(this);
        }

        WriteTensors();
        return [.. _bytes];
    }

    private void WriteTensors()
    {
        ulong next = 0;
        foreach (Tensor tensor in _tensors)
        {
            Text(tensor.Name);
            Number((uint)tensor.Axes.Length);
            foreach (ulong axis in tensor.Axes)
                Number(axis);
            Number(tensor.Type);
            Number(tensor.Offset ?? next);
            next += (ulong)((tensor.Data.Length + Alignment - 1) / Alignment * Alignment);
        }

        foreach (Tensor tensor in _tensors)
        {
            while (_bytes.Count % Alignment != 0)
                _bytes.Add(0);
            Raw(tensor.Data);
        }
    }
}
