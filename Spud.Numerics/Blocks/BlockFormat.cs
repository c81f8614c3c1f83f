namespace Spud.Numerics.Blocks;

/// <summary>Describes a weight format given only its GGML type number.</summary>
public readonly unsafe struct BlockFormat
{
    private readonly delegate*<byte*, float*, long, void> _expand;

    private BlockFormat(int type, string name, int elements, int bytes, delegate*<byte*, float*, long, void> expand)
    {
        Type = type;
        Name = name;
        Elements = elements;
        Bytes = bytes;
        _expand = expand;
    }

    /// <summary>GGML type number of the format.</summary>
    public int Type { get; }

    /// <summary>GGML name of the format, such as "Q4_K".</summary>
    public string Name { get; }

    /// <summary>Elements per block: 1, 32, 64 or 256.</summary>
    public int Elements { get; }

    /// <summary>Bytes per block.</summary>
    public int Bytes { get; }

    /// <summary>The type numbers of all formats, ascending.</summary>
    public static ReadOnlySpan<int> Known =>
        [0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 34, 35, 39, 40];

    /// <summary>The format with a type number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public static BlockFormat Of(int type) => type switch
    {
        0 => Run<F32>(&Expansion.Copy),
        1 => Number<F16>(),
        2 => Block<Q4_0>(),
        3 => Block<Q4_1>(),
        6 => Block<Q5_0>(),
        7 => Block<Q5_1>(),
        8 => Block<Q8_0>(),
        10 => Block<Q2_K>(),
        11 => Block<Q3_K>(),
        12 => Block<Q4_K>(),
        13 => Block<Q5_K>(),
        14 => Block<Q6_K>(),
        16 => Block<IQ2_XXS>(),
        17 => Block<IQ2_XS>(),
        18 => Block<IQ3_XXS>(),
        19 => Block<IQ1_S>(),
        20 => Block<IQ4_NL>(),
        21 => Block<IQ3_S>(),
        22 => Block<IQ2_S>(),
        23 => Block<IQ4_XS>(),
        24 => Block<I8>(),
        25 => Block<I16>(),
        26 => Block<I32>(),
        27 => Block<I64>(),
        28 => Block<F64>(),
        29 => Block<IQ1_M>(),
        30 => Number<BF16>(),
        34 => Block<TQ1_0>(),
        35 => Block<TQ2_0>(),
        39 => Block<MXFP4>(),
        40 => Block<NVFP4>(),
        _ => throw new ArgumentOutOfRangeException(
            nameof(type), type, $"not a weight format of GGML. Known: {string.Join(", ", Known.ToArray())}."),
    };

    /// <summary>Expands whole blocks; the arguments are not checked.</summary>
    internal void Expand(byte* source, float* destination, long blocks) => _expand(source, destination, blocks);

    /// <summary>Number of blocks for a number of elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="ArgumentException">The elements do not form whole blocks.</exception>
    internal long BlocksOf(long elements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        return elements % Elements == 0
            ? elements / Elements
            : throw new ArgumentException($"{elements} elements are not a whole number of {Name} blocks ({Elements} elements each).", nameof(elements));
    }

    /// <summary>Number of blocks for a number of elements, which must occupy exactly the given bytes.</summary>
    /// <exception cref="ArgumentException">They do not form whole blocks, or occupy a different number of bytes.</exception>
    internal long BlocksOf(long elements, long bytes, string parameter)
    {
        long blocks = BlocksOf(elements);
        return bytes == blocks * Bytes
            ? blocks
            : throw new ArgumentException($"{elements} elements of {Name} take {blocks * Bytes} bytes, got {bytes}.", parameter);
    }

    private static BlockFormat Block<TFormat>() where TFormat : struct, IBlockFormat =>
        Run<TFormat>(&Expansion.Blocks<TFormat>);

    private static BlockFormat Number<TFormat>() where TFormat : struct, INumberFormat =>
        Run<TFormat>(&Expansion.Numbers<TFormat>);

    private static BlockFormat Run<TFormat>(delegate*<byte*, float*, long, void> expand) where TFormat : struct, IBlockFormat =>
        new(TFormat.Type, typeof(TFormat).Name, TFormat.Elements, TFormat.Bytes, expand);
}
