using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>
/// Costs of every role of a pipeline in every layer and phase: derived once from the weights taken by components and from shapes. The
/// expectation of <c>spud explain</c>, the ledger's counts and a budget's bounds are all computed from these numbers.
/// </summary>
internal sealed class PipelineCosts
{
    /// <summary>File name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>L.</summary>
    public int Layers => Windows.Length;

    /// <summary>Slots of a phase: those of each layer, then those of no layer.</summary>
    public int Slots => SlotsOf(Layers);

    /// <summary>[L]: keys that a row may see.</summary>
    public required long[] Windows { get; init; }

    /// <summary>[L]: number of rows whose attention to keys is requested at each border of a text, and tokens between borders; no rows if it is never requested.</summary>
    public required (int Rows, int BorderTokens)[] KeyMass { get; init; }

    /// <summary>[L]: E; 0 for a layer that is left out.</summary>
    public required int[] Experts { get; init; }

    /// <summary>[L]: G; 0 for a layer that is left out.</summary>
    public required int[] KvHeads { get; init; }

    /// <summary>[phase][L]: maximum experts per row; 0 for a layer that is left out.</summary>
    public required int[][] MaxEntries { get; init; }

    /// <summary>[phase][L]: minimum experts per row, if a router may choose.</summary>
    public required int[][] MinEntries { get; init; }

    /// <summary>Figures counted by components themselves.</summary>
    public required ImmutableArray<CountedFigure> Figures { get; init; }

    /// <summary>What a drafter computes for each token of a draft.</summary>
    public RowCost Drafted { get; init; }

    /// <summary>Costs of rows that leave early; null if none do.</summary>
    public ExitCosts? Exits { get; init; }

    /// <summary>[phase][slot].</summary>
    public required RoleCosts[][] Roles { private get; init; }

    /// <summary>[slot].</summary>
    public ReadOnlySpan<RoleCosts> Of(Phase phase) => Roles[(int)phase];

    /// <summary>Number of slots of a phase for this many layers.</summary>
    public static int SlotsOf(int layers) => (layers + 1) * Role.All.Length;

    /// <summary>The slot of a role of a layer.</summary>
    /// <param name="layer">0 .. L - 1; L for no layer.</param>
    /// <param name="role">The role.</param>
    public static int SlotOf(int layer, Role role) => layer * Role.All.Length + role.Slot;
}
