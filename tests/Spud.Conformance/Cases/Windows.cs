using System.Globalization;
using Spud.Conformance.Discovery;

namespace Spud.Conformance.Cases;

/// <summary>Widths of windows, for attentions that know them.</summary>
internal static class Windows
{
    private static readonly int[] s_widths = [1, 7, 64, 300, 1000];

    public static IEnumerable<string> NamesFor(Subject subject) =>
        subject.Offer.Knows.Contains(Trait.Window) ? s_widths.Select(width => $"{width}") : [];

    public static int Of(string name) => int.Parse(name, CultureInfo.InvariantCulture);
}
