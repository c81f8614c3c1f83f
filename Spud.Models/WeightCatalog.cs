using System.Collections.Frozen;

namespace Spud.Models;

/// <summary>Where a model's weights lie, by canonical name, and which of them somebody took.</summary>
/// <param name="entries">Canonical name to file tensor.</param>
internal sealed class WeightCatalog(IEnumerable<WeightEntry> entries)
{
    private readonly FrozenDictionary<string, WeightEntry> _entries = entries.ToFrozenDictionary(entry => entry.Name);
    private readonly HashSet<string> _taken = [];

    public IReadOnlyCollection<WeightEntry> Entries => _entries.Values;

    /// <summary>Weights that no component took: a model with any is not understood.</summary>
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
