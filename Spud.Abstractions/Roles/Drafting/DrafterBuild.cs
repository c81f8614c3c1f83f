using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a drafter's factory gets when a pipeline is built.</summary>
[Experimental(Experiments.Id)]
public sealed class DrafterBuild
{
    /// <summary>Description of the model whose tokens are guessed.</summary>
    public required ModelDescription Model { get; init; }

    /// <summary>Maximum sizes of steps and sequences.</summary>
    public required Limits Limits { get; init; }
}
