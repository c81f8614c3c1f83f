using Spud.Conformance.Discovery;

namespace Spud.Conformance.Cases;

/// <summary>The page types that an attention says it folds.</summary>
internal static class PageTypes
{
    public static IEnumerable<string> NamesFor(Subject subject) => subject.Offer.PageTypes.Select(type => type.ToString());

    public static ElementType Of(string name) => Enum.Parse<ElementType>(name);
}
