using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud.Models;

/// <summary>
/// A model in GGUF (version 2 or 3, little-endian), mapped into memory copy-on-write; for a split model, all parts. Opening
/// checks every number of the header; tensor data is read when it is first used. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private readonly List<GgufHeader> _parts;
    private readonly Dictionary<string, GgufTensor> _byName;
    private readonly (long Bytes, DateTime Written)[] _stamps;
    private int _owners = 1;

    private GgufFile(List<GgufHeader> parts)
    {
        _parts = parts;
        _stamps = [.. Files.Select(Stamp)];
        Tensors = [.. parts.SelectMany(static part => part.Tensors)];
        _byName = new Dictionary<string, GgufTensor>(Tensors.Length, StringComparer.Ordinal);
        foreach (GgufTensor tensor in Tensors)
        {
            if (!_byName.TryAdd(tensor.Name, tensor))
                throw new ModelFileException($"{tensor.File}: tensor {ModelFileException.Quote(tensor.Name)} is in {_byName[tensor.Name].File} already. Download the parts again.");
        }
    }

    /// <summary>Path of the opened file; for a split model, of the first part.</summary>
    public string Path => _parts[0].File.Path;

    /// <summary>Every file of the model, the opened one first.</summary>
    public IEnumerable<string> Files => _parts.Select(static part => part.File.Path);

    /// <summary>Size of all files in bytes.</summary>
    public long FileBytes => _parts.Sum(static part => part.File.Length);

    /// <summary>GGUF version of the first file: 2 or 3.</summary>
    public int Version => _parts[0].Version;

    /// <summary>Keys and values; for a split model, those of the first part.</summary>
    public GgufMetadata Metadata => _parts[0].Metadata;

    /// <summary>All tensors, in the order of the files.</summary>
    public ImmutableArray<GgufTensor> Tensors { get; }

    /// <summary>Everything before tensor data, for each file: version, metadata and the table of tensors.</summary>
    internal IEnumerable<(MappedFile File, long Bytes)> Headers => _parts.Select(static part =>
        (part.File, part.Tensors.Count == 0 ? part.File.Length : part.Tensors.Min(static tensor => tensor.Offset)));

    /// <summary>Opens a model.</summary>
    /// <param name="path">A .gguf file; for a split model, the first part (NAME-00001-of-0000N.gguf).</param>
    /// <exception cref="ModelFileException">The file is missing, unreadable or not GGUF, or its header is damaged or inconsistent.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        List<GgufHeader> parts = GgufShards.OpenAll(path);
        try
        {
            return new GgufFile(parts);
        }
        catch
        {
            parts.ForEach(static part => part.File.Dispose());
            throw;
        }
    }

    /// <summary>Finds a tensor by its name in the file.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out GgufTensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Address of a tensor's first byte, valid until <see cref="Dispose"/>. Writing there changes this mapping, never the file.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public nint AddressOf(GgufTensor tensor) => Own(tensor).AddressOf(tensor.Offset, tensor.Bytes);

    /// <summary>A copy of an F32 vector.</summary>
    internal ImmutableArray<float> ReadFloats(GgufTensor tensor) => [.. Own(tensor).Floats(tensor.Offset, tensor.Shape[0])];

    /// <summary>
    /// Drops the pages entirely within a tensor from this process's memory, for example after repacking it. The next read fetches them
    /// from the file again, without changes made to them. Has no effect except on Linux.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void Release(GgufTensor tensor) => Own(tensor).Release(tensor.Offset, tensor.Bytes);

    /// <summary>Whether the files are unchanged since they were opened, by size and time.</summary>
    public bool IsCurrent => Files.Select(Stamp).SequenceEqual(_stamps);

    /// <summary>Adds an owner of this mapping: it is unmapped when all have disposed it.</summary>
    public GgufFile Share()
    {
        _owners++;
        return this;
    }

    /// <summary>Unmaps the files when the last owner does so: addresses of tensors and undecoded metadata become invalid.</summary>
    public void Dispose()
    {
        if (--_owners == 0)
            _parts.ForEach(static part => part.File.Dispose());
    }

    private static (long Bytes, DateTime Written) Stamp(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    private MappedFile Own(GgufTensor tensor) => _byName.TryGetValue(tensor.Name, out GgufTensor? mine) && ReferenceEquals(mine, tensor)
        ? tensor.Map
        : throw new ArgumentException($"{tensor} of {tensor.File} is not a tensor of {Path}.", nameof(tensor));
}
