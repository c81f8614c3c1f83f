using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Memory of each pipeline: private memory, then mapped memory of the model file, which is shared by pipelines of the same file.</summary>
internal static class MemoryChart
{
    private const double Left = 28, Right = 404, Top = 10, RowHeight = 34, BarHeight = 20, Mebibyte = 1 << 20;

    public static XElement Draw(ComparisonResult result)
    {
        MemoryFigures[] all = [.. result.Pipelines.Select(pipeline => pipeline.Memory)];
        double bottom = Top + RowHeight * all.Length;
        Scale x = new(all.Select(memory => (memory.PrivateBytes + memory.MappedBytes) / Mebibyte), Left, Right, fromZero: true);
        Drawing drawing = new(bottom + 42, "Memory", string.Join("; ", all.Select((memory, i) => $"{CompareTable.Letter(i)}: {Units.Bytes(memory.PrivateBytes)} of its own, {Units.Bytes(memory.MappedBytes)} mapped")));
        drawing.AxisX(x, Top, bottom, "MiB");
        foreach ((int row, MemoryFigures memory) in all.Index())
        {
            double y = Top + row * RowHeight + (RowHeight - BarHeight) / 2, own = x.At(memory.PrivateBytes / Mebibyte);
            drawing.Text(CompareTable.Letter(row), 0, y + 15, "start", "strong");
            drawing.Box("own", Left, y, own - Left, BarHeight, $"{CompareTable.Letter(row)}: {Units.Bytes(memory.PrivateBytes)} of its own", round: 2);
            drawing.Box("bar", own, y, x.At((memory.PrivateBytes + memory.MappedBytes) / Mebibyte) - own, BarHeight, $"{CompareTable.Letter(row)}: {Units.Bytes(memory.MappedBytes)} mapped", round: 2);
        }

        return drawing.Svg;
    }
}
