using System.Collections.Immutable;

namespace Spud.Models;

/// <summary>A validated tensor of a GGUF file: inside its file, aligned, in whole blocks, without overlap.</summary>
public sealed class GgufTensor
{
    internal GgufTensor(MappedFile map, string name, ElementType type, ImmutableArray<int> shape, long offset, long bytes) =>
        (Map, Name, Type, Shape, Offset, Bytes) = (map, name, type, shape, offset, bytes);

    /// <summary>The name in the file, at most 64 bytes of UTF-8, unique in the model.</summary>
    public string Name { get; }

    /// <summary>Type of its elements or blocks.</summary>
    public ElementType Type { get; }

    /// <summary>1 to 4 axes, row-major: the slowest first, so that a matrix is [out, in]. (GGUF stores them in reverse order.)</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Offset of the first byte, from the beginning of <see cref="File"/>.</summary>
    public long Offset { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Path of the file that contains it; for a split model, of the part.</summary>
    public string File => Map.Path;

    internal MappedFile Map { get; }

    /// <summary>Display text: "blk.0.ffn_up.weight Q4_1 [1536, 576]".</summary>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";
}
