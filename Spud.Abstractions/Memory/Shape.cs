using System.Runtime.CompilerServices;

namespace Spud;

/// <summary>Checks of shapes.</summary>
public static class Shape
{
    /// <summary>Checks a view's shape: <c>Shape.Require(hidden, [T, C], "hidden")</c>.</summary>
    /// <param name="view">The view.</param>
    /// <param name="expected">The lengths that its axes must have.</param>
    /// <param name="what">Name of the view, for the message.</param>
    /// <param name="letters">The expected shape as written in code; filled in by the compiler.</param>
    /// <exception cref="ArgumentException">The shapes differ: "hidden: expected 3 x 2048 [T, C], got 3 x 2047".</exception>
    public static void Require(
        in TensorView view, ReadOnlySpan<int> expected, string what, [CallerArgumentExpression(nameof(expected))] string letters = "")
    {
        if (!view.Shape.SequenceEqual(expected))
            throw new ArgumentException($"{what}: expected {Text(expected)} {letters}, got {Text(view.Shape)}");
    }

    /// <summary>A shape as text: "3 x 2048"; "absent" for a view without axes.</summary>
    public static string Text(ReadOnlySpan<int> shape) => shape.IsEmpty ? "absent" : string.Join(" x ", shape.ToArray());
}
