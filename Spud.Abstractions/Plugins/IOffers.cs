using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What other components can do, for an offer that depends on the component that is decorated.</summary>
[Experimental(Experiments.Id)]
public interface IOffers
{
    /// <summary>The offer of a component of the same role, with its options.</summary>
    /// <exception cref="RefusedException">There is no such component, or its options are wrong.</exception>
    Offer Of(ComponentSpec spec);
}
