using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>
/// What every role of a pipeline costs in every layer and phase: read off once, from the weights that components took and from shapes. The
/// expectation of <c>spud explain</c>, the ledger's count and a budget's bound are all made of these numbers.
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

    /// <summary>[L]: rows that ask at each border of a text how much they looked at keys, and tokens from border to border; no rows: nobody asks.</summary>
    public required (int Rows, int BorderTokens)[] KeyMass { get; init; }

    /// <summary>[L]: E.</summary>
    public required int[] Experts { get; init; }

    /// <summary>[L]: G.</summary>
    public required int[] KvHeads { get; init; }

    /// <summary>[phase][L]: most experts of a row.</summary>
    public required int[][] MaxEntries { get; init; }

    /// <summary>[phase][L]: minimum experts per row, where a router may choose.</summary>
    public required int[][] MinEntries { get; init; }

    /// <summary>Sums that components count for themselves.</summary>
    public required ImmutableArray<CountedFigure> Figures { get; init; }

    /// <summary>[phase][slot].</summary>
    public required RoleCosts[][] Roles { private get; init; }

    /// <summary>[slot].</summary>
    public ReadOnlySpan<RoleCosts> Of(Phase phase) => Roles[(int)phase];

    /// <summary>Slots of a phase of a model with so many layers.</summary>
    public static int SlotsOf(int layers) => (layers + 1) * Role.All.Length;

    /// <summary>The index of a role of a layer.</summary>
    /// <param name="layer">0 .. L - 1; L: no layer.</param>
    /// <param name="role">The role.</param>
    public static int SlotOf(int layer, Role role) => layer * Role.All.Length + role.Slot;
}
