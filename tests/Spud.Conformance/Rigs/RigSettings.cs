using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>Settings of a rig.</summary>
internal sealed record RigSettings
{
    /// <summary>The model.</summary>
    public required TestModel Model { get; init; }

    /// <summary>The step.</summary>
    public SequenceSlice[] Slices { get; init; } = TestStep.Slices((19, 3), (1, 90), (1, 0));

    /// <summary>Distance of the positions of a sequence's rows; 1 except for attentions that take any positions.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Threads of the pool.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Type of matrices.</summary>
    public ElementType Weights { get; init; } = ElementType.F32;

    /// <summary>The largest step; null: <see cref="TestBuild"/>'s.</summary>
    public Limits? Limits { get; init; }

    /// <summary>Weights that the model has; null: all.</summary>
    public int? WeightsThere { get; init; }

    /// <summary>Format of pages.</summary>
    public ElementType Pages { get; init; } = ElementType.F32;

    /// <summary>Length of pages.</summary>
    public int PageTokens { get; init; } = 16;

    /// <summary>Whether the component may refuse, which skips the test: for shapes, widths and types that it need not support.</summary>
    public bool MayBeRefused { get; init; }
}
