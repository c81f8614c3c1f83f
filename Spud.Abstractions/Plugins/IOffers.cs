using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>Looks up the offers of other components, for a decorator whose offer depends on the component inside it.</summary>
[Experimental(Experiments.Id)]
public interface IOffers
{
    /// <summary>The offer of a component of the same role, with its options.</summary>
    /// <exception cref="RefusedException">The component is unknown, or its options are wrong.</exception>
    Offer Of(ComponentSpec spec);
}
