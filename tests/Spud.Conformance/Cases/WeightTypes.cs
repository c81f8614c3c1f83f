using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Types of matrices.</summary>
internal static class WeightTypes
{
    public static IEnumerable<string> NamesFor(Subject subject) => subject.Variant.OwnRouting is not null ? [] : TestWeights.Types.Select(type => type.ToString());

    public static ElementType Of(string name) => Enum.Parse<ElementType>(name);
}
