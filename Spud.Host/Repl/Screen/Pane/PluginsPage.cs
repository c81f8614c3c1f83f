using Spud.Plugins;

namespace Spud.Host.Repl.Screen;

/// <summary>The plugins: which can be used, and what to do about the others.</summary>
/// <param name="statuses">Their present state.</param>
internal sealed class PluginsPage(Func<IReadOnlyList<PluginStatus>> statuses) : PanePage("Plugins")
{
    /// <summary>The set of plugins in use may have changed.</summary>
    public void Refresh() => Renew();

    protected override IReadOnlyList<Line> Create(int columns)
    {
        List<Paragraph> rows = [];
        foreach (PluginStatus status in statuses())
            Add(status, rows);

        rows.Add(Paragraph.Of("spud plugins add FILE brings another one; docs/writing-a-plugin.md says how to write one.", Ink.Dim));
        return Wrapping.Wrap(rows, columns);
    }

    private static void Add(PluginStatus status, List<Paragraph> rows)
    {
        (string sign, Ink ink) = status.State switch
        {
            PluginState.Active => ("● ", Ink.Good),
            PluginState.Discovered => ("○ ", Ink.Dim),
            PluginState.Unavailable => ("– ", Ink.Dim),
            _ => ("✗ ", Ink.Error),
        };
        rows.Add(new Paragraph([new(ShownText.OneLine(PluginText.Title(status)), Ink.Strong), new($"  {State(status.State)}", ink)]).Indented(new(sign, ink), new("  ")));
        foreach (string line in ShownText.Lines(status.Reason ?? ""))
        {
            if (line.Length > 0)
                rows.Add(Paragraph.Of(line).Indented(new("  "), new("  ")));
        }

        foreach (string note in status.Notes)
            rows.Add(Paragraph.Of(ShownText.OneLine(note), Ink.Warning).Indented(new("  ! ", Ink.Warning), new("    ")));

        string offers = string.Join(", ", status.Components.OrderBy(role => role.Key, StringComparer.Ordinal).Select(role => $"{role.Key} {string.Join(" ", role.Value)}"));
        if (offers.Length > 0)
            rows.Add(Paragraph.Of(ShownText.OneLine(offers), Ink.Dim).Indented(new("  "), new("  ")));

        rows.Add(Paragraph.Empty);
    }

    private static string State(PluginState state) => state == PluginState.Discovered ? "ready, not in use" : PluginText.Name(state);
}
