namespace Spud.Models;

/// <summary>A component's own weights and numbers, in a GGUF file made for one model.</summary>
public sealed class PackFile : IPack, IDisposable
{
    /// <summary>Key of the hash of the model for which a pack was made.</summary>
    public const string ModelKey = "spud.pack.model";

    private readonly GgufFile _file;
    private readonly WeightCatalog _catalog;
    private readonly ComponentWeights _weights;

    private PackFile(GgufFile file, IMemoryDomain host)
    {
        _file = file;
        _catalog = new WeightCatalog(file.Tensors.Select(tensor => new WeightEntry
        {
            Name = tensor.Name,
            FileName = tensor.Name,
            Shape = tensor.Shape,
            Type = tensor.Type,
            Address = file.AddressOf(tensor),
            Bytes = tensor.Bytes,
            Release = () => file.Release(tensor),
        }), file.Path);
        _weights = new ComponentWeights(_catalog, host);
    }

    public string Path => _file.Path;

    /// <summary>Weights taken by the component.</summary>
    public IReadOnlyCollection<WeightEntry> Taken => _weights.Taken;

    /// <summary>Whether the file is unchanged since it was opened, by size and time.</summary>
    public bool IsCurrent => _file.IsCurrent;

    /// <summary>Bytes of the file that the component keeps reading.</summary>
    public long MappedBytes => _weights.MappedBytes;

    /// <summary>Names of tensors that the component did not take.</summary>
    public string[] Untaken => [.. _catalog.Untaken.Select(entry => entry.Name)];

    /// <summary>Default path of a component's pack, used without being named in a pipeline: MODEL.COMPONENT.gguf next to MODEL.gguf.</summary>
    /// <param name="model">Path of the model file.</param>
    /// <param name="component">The component's name.</param>
    public static string BesideModel(string model, string component) => System.IO.Path.ChangeExtension(model, $".{component}.gguf");

    /// <summary>Opens a pack.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="modelHash">Hash of the pipeline's model.</param>
    /// <param name="host">Domain of mapped files.</param>
    /// <exception cref="ModelFileException">The file cannot be read, is not a pack, or was made for another model.</exception>
    public static PackFile Open(string path, string modelHash, IMemoryDomain host)
    {
        GgufFile file = GgufFile.Open(path);
        try
        {
            if (!file.Metadata.TryGetString(ModelKey, out string? madeFor))
                throw new ModelFileException($"{path} is not a pack: it has no key '{ModelKey}', which contains the hash of the model that the pack was made for.");
            if (!madeFor.Equals(modelHash, StringComparison.OrdinalIgnoreCase))
                throw new ModelFileException($"{path} was made for another model: expected {ModelKey} {modelHash}, got {madeFor}. Use that model, or a pack that was made for this one.");

            return new PackFile(file, host);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public TensorView Take(string name, params ReadOnlySpan<int> shape)
    {
        try
        {
            return _weights.Take(name, shape);
        }
        catch (RefusedException refusal)
        {
            throw new RefusedException($"pack {Path}: {refusal.Message}");
        }
    }

    public void Release(in TensorView weight) => _weights.Release(weight);

    public string? Text(string key) => Read(key, () => _file.Metadata.TryGetString(key, out string? text) ? text : null);

    public double? Number(string key) => Read<double?>(key, () => _file.Metadata.TypeOf(key) switch
    {
        null => null,
        GgufValueType.Float64 => _file.Metadata.RequireDouble(key),
        GgufValueType.Float32 => _file.Metadata.RequireFloat(key),
        _ => _file.Metadata.RequireLong(key),
    });

    public void Dispose() => _file.Dispose();

    private static T Read<T>(string key, Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            return read();
        }
        catch (ModelFileException fault)
        {
            throw new RefusedException(fault.Message);
        }
    }
}
