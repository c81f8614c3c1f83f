using System.Buffers.Binary;
using System.Text;

namespace Spud.Models;

/// <summary>
/// Writes a GGUF file (version 3, little-endian): keys and tensors in the order they were added. Tensors are written one by one while saving,
/// so that a model need not fit in memory. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
public sealed class GgufWriter
{
    private const int Alignment = 32, MaxNameBytes = 64, MaxAxes = 4;

    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private sealed record Tensor(ElementType Type, int[] Shape, long Bytes, Action<Stream> Write);

    /// <summary>Sets a string.</summary>
    public void Set(string key, string value) => Put(key, GgufValueType.String, writer => Text(writer, value));

    /// <summary>Sets a non-negative number.</summary>
    public void Set(string key, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Put(key, GgufValueType.UInt32, writer => writer.Write(value));
    }

    /// <summary>Sets a non-negative number of 64 bits.</summary>
    public void Set(string key, ulong value) => Put(key, GgufValueType.UInt64, writer => writer.Write(value));

    /// <summary>Sets a number.</summary>
    public void Set(string key, float value) => Put(key, GgufValueType.Float32, writer => writer.Write(value));

    /// <summary>Sets a double-precision number.</summary>
    public void Set(string key, double value) => Put(key, GgufValueType.Float64, writer => writer.Write(value));

    /// <summary>Sets a Boolean.</summary>
    public void Set(string key, bool value) => Put(key, GgufValueType.Bool, writer => writer.Write(value));

    /// <summary>Sets an array of strings.</summary>
    public void Set(string key, IReadOnlyCollection<string> values) => PutArray(key, GgufValueType.String, values, Text);

    /// <summary>Sets an array of numbers.</summary>
    public void Set(string key, IReadOnlyCollection<float> values) => PutArray(key, GgufValueType.Float32, values, static (writer, value) => writer.Write(value));

    /// <summary>Sets an array of numbers.</summary>
    public void Set(string key, IReadOnlyCollection<int> values) => PutArray(key, GgufValueType.Int32, values, static (writer, value) => writer.Write(value));

    /// <summary>Sets a key to its value in another file, of any type.</summary>
    /// <exception cref="ModelFileException">The file does not have the key.</exception>
    public void Copy(GgufMetadata from, string key)
    {
        ArgumentNullException.ThrowIfNull(from);
        _keys[key] = from.Encoded(key);
    }

    /// <summary>Adds an F32 tensor.</summary>
    /// <param name="name">A unique name.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">1 to 4 lengths, outermost first.</param>
    /// <inheritdoc cref="Add(string, ElementType, ReadOnlySpan{int}, Action{Stream})" path="/exception"/>
    public void Add(string name, float[] values, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        Add(name, ElementType.F32, shape, stream =>
        {
            Span<byte> bytes = stackalloc byte[sizeof(float)];
            foreach (float value in values)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                stream.Write(bytes);
            }
        });
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name, at most 64 bytes.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Row-major, such as [out, in]; the last axis is in whole blocks.</param>
    /// <param name="write">Writes its bytes; called once per file.</param>
    /// <exception cref="ArgumentException">The name is taken or too long, or the shape is invalid.</exception>
    public void Add(string name, ElementType type, ReadOnlySpan<int> shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Encoding.UTF8.GetByteCount(name) is 0 or > MaxNameBytes)
            throw new ArgumentException($"'{name}': expected a name of 1 to {MaxNameBytes} bytes.", nameof(name));
        if (shape.Length is 0 or > MaxAxes || shape.ContainsAnyInRange(int.MinValue, 0) || shape[^1] % type.BlockElements != 0)
            throw new ArgumentException($"{name} {type} [{string.Join(", ", shape.ToArray())}]: expected 1 to {MaxAxes} axes, the last one a multiple of {type.BlockElements}.", nameof(shape));

        long elements = 1;
        foreach (int axis in shape)
            elements = checked(elements * axis);
        if (!_tensors.TryAdd(name, new(type, shape.ToArray(), elements / type.BlockElements * type.BlockBytes, write)))
            throw new ArgumentException($"{name}: there is a tensor of that name already.", nameof(name));
    }

    /// <summary>Writes the file to a temporary file and renames it: until it is complete, an older file stays.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        string unfinished = path + ".unfinished";
        try
        {
            using (FileStream file = File.Create(unfinished))
                Write(file);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Writes the file to a stream, from its current position.</summary>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than its size.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CountingStream counted = new(stream);
        using (BinaryWriter writer = new(counted, Encoding.UTF8, leaveOpen: true))
            WriteHeader(writer);

        foreach ((string name, Tensor tensor) in _tensors)
        {
            Pad(counted);
            long start = counted.Position;
            tensor.Write(counted);
            if (counted.Position - start != tensor.Bytes)
                throw new InvalidOperationException($"{name}: expected {tensor.Bytes} bytes, got {counted.Position - start}.");
        }

        Pad(counted);
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(CountingStream stream) => stream.Write(new byte[Aligned(stream.Position) - stream.Position]);

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    private void WriteHeader(BinaryWriter writer)
    {
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)_tensors.Count);
        writer.Write((long)_keys.Count);
        foreach ((string key, byte[] value) in _keys)
        {
            Text(writer, key);
            writer.Write(value);
        }

        long offset = 0;
        foreach ((string name, Tensor tensor) in _tensors)
        {
            Text(writer, name);
            writer.Write(tensor.Shape.Length);
            foreach (int axis in tensor.Shape.Reverse()) // GGUF has the fastest axis first
                writer.Write((long)axis);
            writer.Write((int)tensor.Type);
            writer.Write(offset);
            offset += Aligned(tensor.Bytes);
        }
    }

    private void PutArray<T>(string key, GgufValueType type, IReadOnlyCollection<T> values, Action<BinaryWriter, T> element)
    {
        ArgumentNullException.ThrowIfNull(values);
        Put(key, GgufValueType.Array, writer =>
        {
            writer.Write((int)type);
            writer.Write((long)values.Count);
            foreach (T value in values)
                element(writer, value);
        });
    }

    private void Put(string key, GgufValueType type, Action<BinaryWriter> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        MemoryStream bytes = new();
        using (BinaryWriter writer = new(bytes))
        {
            writer.Write((int)type);
            value(writer);
        }

        _keys[key] = bytes.ToArray();
    }
}
