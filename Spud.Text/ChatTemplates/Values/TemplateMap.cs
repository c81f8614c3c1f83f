namespace Spud.Text.ChatTemplates;

/// <summary>A dictionary that keeps the order of insertion. Keys are strings, numbers, booleans and none.</summary>
internal sealed class TemplateMap
{
    public OrderedDictionary<object, object> Entries { get; } = new(KeyComparer.Instance);

    public void Set(TemplateRun run, object key, object value)
    {
        run.ChargeItems(2);
        Entries[RequireKey(run, key)] = value;
    }

    public bool TryGet(TemplateRun run, object key, out object value)
    {
        object? present = null;
        bool found = key is not Undefined && Entries.TryGetValue(RequireKey(run, key), out present);
        value = present ?? None.Value;
        return found;
    }

    private static object RequireKey(TemplateRun run, object key) =>
        key is string or long or double or bool or None ? key : throw run.Fail($"a dictionary's key must be a string, a number, a boolean or none, got {ValueTypes.Describe(key)}");

    /// <summary>As in Python, 1, 1.0 and true are the same key.</summary>
    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => ValueEquality.ScalarsAreEqual(x!, y!);

        public int GetHashCode(object key) => key switch
        {
            bool b => (b ? 1.0 : 0.0).GetHashCode(),
            long n => ((double)n).GetHashCode(),
            double d => d.GetHashCode(),
            _ => key.GetHashCode(),
        };
    }
}
