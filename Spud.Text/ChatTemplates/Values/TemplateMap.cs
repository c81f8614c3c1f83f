using System.Numerics;

namespace Spud.Text.ChatTemplates;

/// <summary>A dictionary that preserves insertion order. Keys are strings, numbers, booleans and none.</summary>
internal sealed class TemplateMap
{
    public OrderedDictionary<object, object> Entries { get; } = new(KeyComparer.Instance);

    public void Set(TemplateRun run, object key, object value)
    {
        run.ChargeItems(2);
        Entries[RequireKey(run, key)] = value;
    }

    /// <summary>Sets the entry for a name written by the template or the host.</summary>
    public void Set(TemplateRun run, string name, object value) => Set(run, (object)TemplateString.Own(name), value);

    public bool TryGet(TemplateRun run, object key, out object value)
    {
        object? present = null;
        bool found = key is not Undefined && Entries.TryGetValue(RequireKey(run, key), out present);
        value = present ?? None.Value;
        return found;
    }

    public bool TryGet(string name, out object value)
    {
        bool found = Entries.TryGetValue(name, out object? present);
        value = present ?? None.Value;
        return found;
    }

    /// <summary>Whether a value may be a key. A subscript with any other value finds nothing, as in Jinja; everything else rejects it.</summary>
    public static bool IsKey(object value) => value is TemplateString or long or BigInteger or double or bool or None;

    private static object RequireKey(TemplateRun run, object key) =>
        IsKey(key) ? key : throw run.Fail($"a dictionary's key must be a string, a number, a boolean or none, got {ValueTypes.Describe(key)}");

    /// <summary>As in Python, 1, 1.0 and true are the same key. A look-up may use a .NET string instead of a template string.</summary>
    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => TextOf(x) is { } text ? text == TextOf(y) : ValueEquality.ScalarsAreEqual(x!, y!);

        public int GetHashCode(object key) => key switch
        {
            bool b => (b ? 1.0 : 0.0).GetHashCode(),
            long n => ((double)n).GetHashCode(),
            BigInteger n => ((double)n).GetHashCode(),
            double d => d.GetHashCode(),
            _ => (TextOf(key) ?? key).GetHashCode(),
        };

        private static string? TextOf(object? key) => key as string ?? (key as TemplateString)?.Text;
    }
}
