using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Accuracy by length and depth: one map per pipeline; darker means more was found.</summary>
internal static class NeedleChart
{
    private const double Left = 58, Right = 412, Top = 18, RowHeight = 26;

    public static XElement Draw(NeedleFigures figures, int pipeline)
    {
        int[] lengths = [.. figures.Cells.Select(cell => cell.Length).Distinct().Order()];
        double[] depths = [.. figures.Cells.Select(cell => cell.Depth).Distinct().Order()];
        double width = (Right - Left) / depths.Length, bottom = Top + RowHeight * lengths.Length;
        Drawing drawing = new(bottom + 40, $"Accuracy of {CompareTable.Letter(pipeline)} by length and depth", string.Join("; ", lengths.Select(length => $"{length} tokens: {string.Join(", ", figures.Cells.Where(cell => cell.Length == length).Select(cell => $"{100 * cell.Depth:0.#} % deep {cell.Accuracy.Value:0.00}"))}")));
        drawing.Text($"{CompareTable.Letter(pipeline)}, tokens", 0, 10, "start", "strong");
        for (int row = 0; row < lengths.Length; row++)
            drawing.Text($"{lengths[row]:N0}", Left - 8, Top + row * RowHeight + RowHeight / 2 + 4, "end");

        foreach (NeedleCell cell in figures.Cells)
        {
            (double x, double y) = (Left + Array.IndexOf(depths, cell.Depth) * width, Top + Array.IndexOf(lengths, cell.Length) * RowHeight);
            drawing.Box("cell", x, y, width, RowHeight - 2, $"{CompareTable.Letter(pipeline)}, {cell.Length} tokens, {100 * cell.Depth:0.#} % deep: {cell.Accuracy.Value:0.000} of {cell.Cases}", 0.06 + 0.64 * cell.Accuracy.Value, round: 2);
            if (width >= 34)
                drawing.Text($"{cell.Accuracy.Value:0.00}", x + width / 2, y + RowHeight / 2 + 3, "middle", "value");
        }

        int every = Math.Max(1, (depths.Length + 9) / 10);
        for (int i = 0; i < depths.Length; i += every)
            drawing.Text($"{100 * depths[i]:0.#} %", Left + (i + 0.5) * width, bottom + 14, "middle");

        drawing.Text("depth of the answer in the context", (Left + Right) / 2, bottom + 32, "middle");
        return drawing.Svg;
    }
}
