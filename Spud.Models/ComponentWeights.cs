namespace Spud.Models;

/// <summary>The weights as seen by one component; records which ones it took.</summary>
/// <param name="catalog">The model's catalog.</param>
/// <param name="host">Domain of the mapped file.</param>
public sealed class ComponentWeights(WeightCatalog catalog, IMemoryDomain host) : IWeightSource
{
    private readonly Dictionary<string, WeightEntry> _taken = [];
    private readonly HashSet<string> _released = [];

    /// <summary>Weights taken by the component.</summary>
    public IReadOnlyCollection<WeightEntry> Taken => _taken.Values;

    /// <summary>Bytes of the file that the component keeps reading.</summary>
    public long MappedBytes => Mapped.Sum(entry => entry.Bytes);

    /// <summary>Weights taken by the component that it keeps reading from the file.</summary>
    public IEnumerable<WeightEntry> Mapped => _taken.Values.Where(entry => !_released.Contains(entry.Name));

    public TensorView Take(string name, params ReadOnlySpan<int> shape)
    {
        WeightEntry entry = catalog.Take(name, shape);
        _taken[name] = entry;
        return new(host, entry.Address, entry.Type, shape);
    }

    public void Release(in TensorView weight)
    {
        nint address = weight.Address;
        if (_taken.Values.FirstOrDefault(entry => entry.Address == address) is not { } taken)
            throw new ArgumentException("release: this view is not a weight that the component took", nameof(weight));

        _released.Add(taken.Name);
        taken.Release();
    }
}
