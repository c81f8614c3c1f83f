using Spud.Models;
using Spud.Numerics.Blocks;

namespace Spud.Conversion.Native;

/// <summary>Writes one tensor in another format, a few rows at a time.</summary>
internal static unsafe class TensorConversion
{
    private const int RunElements = 1 << 20;

    public static void Write(GgufFile source, GgufTensor tensor, ElementType type, Stream stream, CancellationToken cancel)
    {
        byte* from = (byte*)source.AddressOf(tensor);
        if (type == tensor.Type)
        {
            for (long at = 0; at < tensor.Bytes; at += RunElements)
            {
                cancel.ThrowIfCancellationRequested();
                stream.Write(new ReadOnlySpan<byte>(from + at, (int)Math.Min(RunElements, tensor.Bytes - at)));
            }

            return;
        }

        int width = tensor.Shape[^1], runRows = Math.Max(1, RunElements / width);
        long rows = tensor.Bytes / RowBytes(tensor.Type, width);
        byte[] converted = new byte[runRows * RowBytes(type, width)];
        for (long first = 0; first < rows; first += runRows)
        {
            cancel.ThrowIfCancellationRequested();
            int count = (int)Math.Min(runRows, rows - first);
            Convert(from + first * RowBytes(tensor.Type, width), tensor.Type, converted, type, count, width);
            stream.Write(converted, 0, (int)(count * RowBytes(type, width)));
        }
    }

    // Searching for the scales of a block takes a microsecond or more, so all processors are used.
    private static void Convert(byte* from, ElementType source, byte[] to, ElementType target, int rows, int width) =>
        Parallel.For(0, rows, static () => Array.Empty<float>(), (row, _, values) =>
        {
            values = values.Length == width ? values : new float[width];
            fixed (float* expanded = values)
            fixed (byte* written = to)
            {
                Expansion.ToF32((int)source, from + row * RowBytes(source, width), expanded, width);
                Rounding.FromF32((int)target, expanded, written + row * RowBytes(target, width), width);
            }

            return values;
        }, static _ => { });

    private static long RowBytes(ElementType type, int width) => (long)width / type.BlockElements * type.BlockBytes;
}
