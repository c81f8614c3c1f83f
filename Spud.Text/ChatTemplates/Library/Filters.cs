namespace Spud.Text.ChatTemplates;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Builtin> s_all = Builtin.Table([.. ValueFilters.All, .. TextFilters.All, .. ListFilters.All, .. SelectFilters.All]);

    public static IEnumerable<string> Names => s_all.Keys;

    public static Builtin? Find(string name) => s_all.GetValueOrDefault(name);
}
