using System.Collections.Immutable;

namespace Spud.Models;

/// <summary>Reads and checks the list of tensors that follows the metadata.</summary>
internal static class GgufTensorTable
{
    /// <summary>Length, one character, number of axes, one axis, type, offset.</summary>
    private const int MinEntryBytes = 8 + 1 + 4 + 8 + 4 + 8;

    /// <summary>Limit of the specification.</summary>
    private const int MaxNameBytes = 64;

    private const int MaxAxes = 4;

    private sealed record Entry(string Name, ElementType Type, ImmutableArray<int> Shape, ulong Offset, UInt128 Bytes);

    public static List<GgufTensor> Read(GgufReader reader, ulong count, int alignment)
    {
        if (count > (ulong)(reader.Left / MinEntryBytes))
            throw reader.Fault($"{count} tensors of at least {MinEntryBytes} bytes each, but only {reader.Left} bytes are left in the file");

        List<Entry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            Entry entry = ReadEntry(reader);
            if (!names.Add(entry.Name))
                throw reader.Fault("the tensor occurs twice");
            entries.Add(entry);
        }

        (reader.Kind, reader.Name) = ("header", null);
        long dataStart = (reader.Position + alignment - 1) & -(long)alignment;
        List<GgufTensor> tensors = new(entries.Count);
        foreach (Entry entry in entries)
            tensors.Add(Place(reader, entry, dataStart, alignment));
        RequireApart(reader, tensors);
        return tensors;
    }

    private static Entry ReadEntry(GgufReader reader)
    {
        (reader.Kind, reader.Name) = ("tensor", null);
        reader.Name = reader.Text("name of a tensor", MaxNameBytes);
        uint axes = reader.UInt32("number of axes");
        if (axes is 0 or > MaxAxes)
            throw reader.Fault($"{axes} axes, expected 1 to {MaxAxes}");

        Span<int> shape = stackalloc int[(int)axes];
        UInt128 elements = 1;
        for (int i = shape.Length - 1; i >= 0; i--) // GGUF has the fastest axis first
        {
            ulong length = reader.UInt64("length of an axis");
            if (length is 0 or > int.MaxValue)
                throw reader.Fault($"axis {shape.Length - 1 - i} has length {length}, expected 1 to {int.MaxValue}");
            shape[i] = (int)length;
            elements *= length;
        }

        if (elements > long.MaxValue)
            throw reader.Fault($"{string.Join(" x ", shape.ToArray())} elements are more than 63 bits can count");
        ElementType type = ReadType(reader, shape[^1]);
        UInt128 bytes = elements / (UInt128)type.BlockElements * (UInt128)type.BlockBytes;
        return new Entry(reader.Name, type, ImmutableArray.Create<int>(shape), reader.UInt64("offset"), bytes);
    }

    private static ElementType ReadType(GgufReader reader, int rowElements)
    {
        uint number = reader.UInt32("element type");
        ElementType type = (ElementType)number;
        if (number > int.MaxValue || !type.IsKnown)
            throw reader.Fault($"unknown element type {number}", "Update Spud, or use the model in another format (Q4_K_M, Q8_0, F16).");
        return rowElements % type.BlockElements == 0
            ? type
            : throw reader.Fault($"a row has {rowElements} elements, expected a multiple of {type.BlockElements}, the block of {type}");
    }

    private static GgufTensor Place(GgufReader reader, Entry entry, long dataStart, int alignment)
    {
        if (entry.Offset % (ulong)alignment != 0)
            throw Fault(reader, entry.Name, $"offset {entry.Offset} is not a multiple of the alignment {alignment}");
        UInt128 start = (UInt128)entry.Offset + (UInt128)dataStart;
        if (start + entry.Bytes > (UInt128)reader.File.Length)
            throw Fault(reader, entry.Name, $"bytes {start} to {start + entry.Bytes} are not in the file, which has {reader.File.Length}");
        return new GgufTensor(reader.File, entry.Name, entry.Type, entry.Shape, (long)start, (long)entry.Bytes);
    }

    private static void RequireApart(GgufReader reader, List<GgufTensor> tensors)
    {
        GgufTensor[] sorted = [.. tensors];
        Array.Sort(sorted, static (a, b) => a.Offset.CompareTo(b.Offset));
        for (int i = 1; i < sorted.Length; i++)
        {
            (GgufTensor before, GgufTensor tensor) = (sorted[i - 1], sorted[i]);
            if (before.Offset + before.Bytes <= tensor.Offset)
                continue;
            throw Fault(reader, tensor.Name, $"it begins at byte {tensor.Offset}, inside {ModelFileException.Quote(before.Name)}, which occupies bytes {before.Offset} to {before.Offset + before.Bytes}");
        }
    }

    private static ModelFileException Fault(GgufReader reader, string tensor, string problem) =>
        new($"{reader.File.Path}: tensor {ModelFileException.Quote(tensor)}: {problem}. {GgufReader.Damaged}");
}
