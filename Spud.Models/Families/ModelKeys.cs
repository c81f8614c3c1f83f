namespace Spud.Models.Families;

/// <summary>The keys <c>architecture.*</c> of a model file.</summary>
internal sealed class ModelKeys(GgufFile file, Family family)
{
    private GgufMetadata Metadata => file.Metadata;

    /// <summary>The key's full name.</summary>
    public string this[string key] => $"{family.Architecture}.{key}";

    /// <summary>A required positive number: a single value, or an array with the same value for every layer.</summary>
    public int Required(string key) => Metadata.IsArray(this[key]) ? OfAllLayers(key) : Metadata.RequireInt(this[key], 1);

    /// <summary>Likewise, but optional.</summary>
    public int Optional(string key, int otherwise)
    {
        if (Metadata.IsArray(this[key]))
            return OfAllLayers(key);

        return Metadata.TryGetInt(this[key], out int value, 1) ? value : otherwise;
    }

    /// <summary>An exception for a fault of this file.</summary>
    public ModelFileException Fault(string what) => new($"{file.Path}: {what}.");

    // An array with a value per layer counts as one value if all are equal.
    private int OfAllLayers(string key)
    {
        int[] values = Metadata.RequireInts(this[key]);
        if (values.Length == 0 || values[0] < 1 || values.AsSpan().ContainsAnyExcept(values[0]))
            throw Fault($"{this[key]}: expected one positive number, or the same for every layer, got {string.Join(", ", values.Distinct().Take(4))}; layers of different sizes are not supported");

        return values[0];
    }
}
