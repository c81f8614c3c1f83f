using System.Buffers.Binary;
using System.Text;

namespace Spud.Host.Tests;

/// <summary>A committed GGUF file with other metadata: tests that need a model with this or that key need no file of their own.</summary>
internal static class EditedModel
{
    private const int Alignment = 32;

    /// <summary>The file with keys set: strings, int (as UInt32), int[], float and bool; null removes a key.</summary>
    public static byte[] With(string path, params (string Key, object? Value)[] changes) => With(File.ReadAllBytes(path), [], changes);

    /// <summary>The file with tensors added, by name, type and axes (fastest first), and keys set.</summary>
    public static byte[] With(byte[] file, (string Name, uint Type, ulong[] Axes, byte[] Data)[] added, params (string Key, object? Value)[] changes)
    {
        Reader reader = new(file);
        reader.Skip(8);
        ulong tensors = reader.Long(), pairs = reader.Long();
        using MemoryStream kept = new();
        ulong count = 0;
        for (ulong i = 0; i < pairs; i++)
        {
            int start = reader.At;
            string key = reader.Text();
            reader.SkipValue(reader.Int());
            if (changes.Any(change => change.Key == key))
                continue;

            kept.Write(file, start, reader.At - start);
            count++;
        }

        foreach ((string key, object? value) in changes.Where(change => change.Value is not null))
        {
            Write(kept, key, value!);
            count++;
        }

        int tensorStart = reader.At;
        for (ulong i = 0; i < tensors; i++)
        {
            reader.Text();
            reader.Skip(reader.Int() * 8 + 4 + 8);
        }

        byte[] data = file[(reader.At + (-reader.At & (Alignment - 1)))..];
        using MemoryStream infos = new(), more = new();
        more.Write(new byte[-data.Length & (Alignment - 1)]);
        foreach ((string name, uint type, ulong[] axes, byte[] bytes) in added)
        {
            WriteInfo(infos, name, type, axes, (ulong)(data.Length + more.Length));
            more.Write([.. bytes, .. new byte[-bytes.Length & (Alignment - 1)]]);
        }

        byte[] header =
        [
            .. file[..8], .. BitConverter.GetBytes(tensors + (ulong)added.Length), .. BitConverter.GetBytes(count), .. kept.ToArray(),
            .. file[tensorStart..reader.At], .. infos.ToArray(),
        ];
        return [.. header, .. new byte[-header.Length & (Alignment - 1)], .. data, .. more.ToArray()];
    }

    private static void WriteInfo(Stream stream, string name, uint type, ulong[] axes, ulong offset)
    {
        using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
        Write(writer, name);
        writer.Write((uint)axes.Length);
        foreach (ulong axis in axes)
            writer.Write(axis);
        writer.Write(type);
        writer.Write(offset);
    }

    private static void Write(Stream stream, string key, object value)
    {
        using BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true);
        Write(writer, key);
        switch (value)
        {
            case string text:
                writer.Write(8u);
                Write(writer, text);
                break;
            case int number:
                writer.Write(4u);
                writer.Write(number);
                break;
            case int[] numbers:
                writer.Write(9u);
                writer.Write(5u);
                writer.Write((ulong)numbers.Length);
                foreach (int number in numbers)
                    writer.Write(number);
                break;
            case float number:
                writer.Write(6u);
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(7u);
                writer.Write(flag);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is not a type that this writes", nameof(value));
        }
    }

    private static void Write(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private sealed class Reader(byte[] file)
    {
        public int At { get; private set; }

        public void Skip(int bytes) => At += bytes;

        public int Int()
        {
            At += 4;
            return BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(At - 4));
        }

        public ulong Long()
        {
            At += 8;
            return BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(At - 8));
        }

        public string Text()
        {
            int length = (int)Long();
            At += length;
            return Encoding.UTF8.GetString(file, At - length, length);
        }

        public void SkipValue(int type)
        {
            switch (type)
            {
                case 8:
                    Text();
                    break;
                case 9:
                    int element = Int();
                    for (ulong n = Long(); n > 0; n--)
                        SkipValue(element);
                    break;
                default:
                    Skip(type switch { 0 or 1 or 7 => 1, 2 or 3 => 2, 4 or 5 or 6 => 4, _ => 8 });
                    break;
            }
        }
    }
}
