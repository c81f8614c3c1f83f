using System.Text;
using Spud.Models;

namespace Spud.Conformance.Fixtures;

/// <summary>Writes small GGUF files: numbers, strings, and tensors of F32.</summary>
internal sealed class GgufWriter
{
    private const int Alignment = 32;
    private readonly List<(string Key, GgufValueType Type, byte[] Value)> _keys = [];
    private readonly List<(string Name, int[] Shape, float[] Values)> _tensors = [];

    public void Set(string key, string value) => _keys.Add((key, GgufValueType.String, Text(value)));

    public void Set(string key, int value) => _keys.Add((key, GgufValueType.UInt32, BitConverter.GetBytes(value)));

    public void Set(string key, float value) => _keys.Add((key, GgufValueType.Float32, BitConverter.GetBytes(value)));

    /// <summary>A tensor with a row-major shape ([out, in]).</summary>
    public void Add(string name, float[] values, params int[] shape) => _tensors.Add((name, shape, values));

    public void Save(string path)
    {
        using BinaryWriter file = new(File.Create(path));
        file.Write("GGUF"u8);
        file.Write(3);
        file.Write((long)_tensors.Count);
        file.Write((long)_keys.Count);
        foreach ((string key, GgufValueType type, byte[] value) in _keys)
        {
            file.Write(Text(key));
            file.Write((int)type);
            file.Write(value);
        }

        long offset = 0;
        foreach ((string name, int[] shape, float[] values) in _tensors)
        {
            file.Write(Text(name));
            file.Write(shape.Length);
            foreach (int axis in shape.Reverse())
                file.Write((long)axis);
            file.Write((int)ElementType.F32);
            file.Write(offset);
            offset += Aligned((long)values.Length * sizeof(float));
        }

        foreach ((_, _, float[] values) in _tensors)
        {
            Pad(file);
            foreach (float value in values)
                file.Write(value);
        }

        Pad(file);
    }

    private static byte[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [.. BitConverter.GetBytes((long)bytes.Length), .. bytes];
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(BinaryWriter file)
    {
        file.Flush();
        while (file.BaseStream.Position % Alignment != 0)
            file.BaseStream.WriteByte(0);
    }
}
