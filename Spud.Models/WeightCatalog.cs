using System.Collections.Frozen;

namespace Spud.Models;

/// <summary>Locations of a model's weights, by canonical name, and which of them have been taken.</summary>
public sealed class WeightCatalog
{
    private readonly FrozenDictionary<string, WeightEntry> _entries;
    private readonly HashSet<string> _taken = [];

    /// <summary>Lists weights.</summary>
    /// <param name="entries">The weights, with canonical name and file tensor.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="ModelFileException">Two tensors are the same weight, or one has a type that cannot hold weights.</exception>
    public WeightCatalog(IEnumerable<WeightEntry> entries, string file)
    {
        var known = new Dictionary<string, WeightEntry>();
        foreach (WeightEntry entry in entries)
        {
            if (!known.TryAdd(entry.Name, entry))
                throw new ModelFileException($"{file}: the tensors {ModelFileException.Quote(known[entry.Name].FileName)} and {ModelFileException.Quote(entry.FileName)} are both the weight '{entry.Name}'. Convert the model again.");
            if (entry.Type is ElementType.Q8_1 or ElementType.Q8_K)
                throw new ModelFileException($"{file}: tensor {ModelFileException.Quote(entry.FileName)} is {entry.Type}, a format for intermediate results, not for weights. Quantise the model again, for example to Q8_0.");
        }

        _entries = known.ToFrozenDictionary();
    }

    private WeightCatalog(FrozenDictionary<string, WeightEntry> entries) => _entries = entries;

    /// <summary>The same weights, none of which has been taken.</summary>
    public WeightCatalog Anew() => new(_entries);

    /// <summary>Weights not taken by any component: a model with any is rejected.</summary>
    public IEnumerable<WeightEntry> Untaken => _entries.Values.Where(entry => !_taken.Contains(entry.Name)).OrderBy(entry => entry.Name, StringComparer.Ordinal);

    /// <exception cref="RefusedException">There is no such weight, or it has another shape.</exception>
    public WeightEntry Take(string name, ReadOnlySpan<int> shape)
    {
        if (!_entries.TryGetValue(name, out WeightEntry? entry))
            throw new RefusedException($"the model has no tensor '{name}' (expected {Shape.Text(shape)})");
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
            throw new RefusedException($"tensor '{entry.FileName}' ({name}): expected {Shape.Text(shape)}, got {Shape.Text(entry.Shape.AsSpan())}");

        _taken.Add(name);
        return entry;
    }
}
