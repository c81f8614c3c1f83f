using System.Runtime.CompilerServices;

namespace Spud;

/// <summary>The check behind every shape comment.</summary>
public static class Shape
{
    /// <summary>Checks a view's shape: <c>Shape.Require(hidden, [T, C], "hidden")</c>.</summary>
    /// <param name="view">What was given.</param>
    /// <param name="expected">The lengths it must have.</param>
    /// <param name="what">Its name, for the message.</param>
    /// <param name="letters">The expected shape as written; the compiler fills it in.</param>
    /// <exception cref="ArgumentException">The shapes differ: "hidden: expected 3 x 2048 [T, C], got 3 x 2047".</exception>
    public static void Require(
        in TensorView view, ReadOnlySpan<int> expected, string what, [CallerArgumentExpression(nameof(expected))] string letters = "")
    {
        if (!view.Shape.SequenceEqual(expected))
            throw new ArgumentException($"{what}: expected {Text(expected)} {letters}, got {Text(view.Shape)}");
    }

    /// <summary>A shape for people: "3 x 2048"; "absent" where there is none.</summary>
    public static string Text(ReadOnlySpan<int> shape) => shape.IsEmpty ? "absent" : string.Join(" x ", shape.ToArray());
}
