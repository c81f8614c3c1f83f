using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>A token's compute or time by role: one bar per pipeline, one segment per role.</summary>
internal static class RolesChart
{
    private const double Left = 28, Right = 404, Top = 10, RowHeight = 34, BarHeight = 20;

    /// <summary>Draws one of the two.</summary>
    /// <param name="result">The results.</param>
    /// <param name="title">Title of the picture.</param>
    /// <param name="unit">Unit of the axis.</param>
    /// <param name="value">The value of a role.</param>
    public static XElement Draw(ComparisonResult result, string title, string unit, Func<RoleFigures, double> value)
    {
        double bottom = Top + RowHeight * result.Pipelines.Length;
        Scale x = new(result.Pipelines.Select(pipeline => pipeline.Compute.Roles.Sum(value)), Left, Right, fromZero: true);
        Drawing drawing = new(bottom + 42, title, string.Join("; ", result.Pipelines.Select((pipeline, i) => $"{CompareTable.Letter(i)}: {Parts(pipeline, value)}")));
        drawing.AxisX(x, Top, bottom, unit);
        foreach ((int row, PipelineResult pipeline) in result.Pipelines.Index())
        {
            double y = Top + row * RowHeight + (RowHeight - BarHeight) / 2, done = 0;
            drawing.Text(CompareTable.Letter(row), 0, y + 15, "start", "strong");
            foreach (RoleFigures role in pipeline.Compute.Roles.Where(role => value(role) > 0))
            {
                drawing.Box(role.Role, x.At(done), y, x.At(done + value(role)) - x.At(done), BarHeight, $"{CompareTable.Letter(row)}, {role.Role}: {Share(pipeline, role, value)}", round: 2);
                done += value(role);
            }
        }

        return drawing.Svg;
    }

    private static string Parts(PipelineResult pipeline, Func<RoleFigures, double> value) =>
        string.Join(", ", pipeline.Compute.Roles.Where(role => value(role) > 0).Select(role => $"{role.Role} {Share(pipeline, role, value)}"));

    private static string Share(PipelineResult pipeline, RoleFigures role, Func<RoleFigures, double> value) => $"{100 * value(role) / pipeline.Compute.Roles.Sum(value):0.0} %";
}
