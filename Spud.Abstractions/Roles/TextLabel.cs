using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What kind of text a text is, as a component tells.</summary>
/// <param name="Name">For people: "coding"; <see cref="None"/>: none of the kinds that it knows.</param>
/// <param name="Confidence">0 .. 1: how sure it is of this answer.</param>
[Experimental(Experiments.Id)]
public readonly record struct TextLabel(string Name, double Confidence)
{
    /// <summary>The name of a text of another kind than those that are known.</summary>
    public const string None = "none";
}
