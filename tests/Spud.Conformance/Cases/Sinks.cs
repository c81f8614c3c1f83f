using Spud.Conformance.Discovery;

namespace Spud.Conformance.Cases;

/// <summary>The trait, for attentions that know it.</summary>
internal static class Sinks
{
    public static IEnumerable<string> NamesFor(Subject subject) => subject.Offer.Knows.Contains(Trait.Sinks) ? [Trait.Sinks] : [];
}
