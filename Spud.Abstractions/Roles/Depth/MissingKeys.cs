using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What becomes of the keys and values that a row would have had in the layers that it does not pass through.</summary>
[Experimental(Experiments.Id)]
public enum MissingKeys
{
    /// <summary>They are computed from the row as it left, by the projections of each later layer; that is billed.</summary>
    Fill,

    /// <summary>There are none: later rows do not see the row in these layers.</summary>
    Hole,
}
