namespace Spud.Numerics.Blocks;

/// <summary>
/// A register of 32-bit words, so that conversions between number formats are written once for every width. The scalar version is a
/// register of one word, and therefore cannot diverge from the vectors.
/// </summary>
internal unsafe interface IWords<TSelf> where TSelf : struct, IWords<TSelf>
{
    /// <summary>Number of words in the register.</summary>
    static abstract int Count { get; }

    /// <summary>The same value in all words.</summary>
    static abstract TSelf All(uint value);

    static abstract TSelf Load(uint* source);

    /// <summary>Loads Count 16-bit numbers and zero-extends them.</summary>
    static abstract TSelf LoadNarrow(ushort* source);

    void Store(uint* destination);

    /// <summary>Stores the lower halves of the words.</summary>
    void StoreNarrow(ushort* destination);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator <<(TSelf value, int bits);

    static abstract TSelf operator >>>(TSelf value, int bits);

    /// <summary>All ones where left is less than right; both must be below 2^31.</summary>
    static abstract TSelf Less(TSelf left, TSelf right);

    /// <summary>Bitwise select: <paramref name="yes"/> where the mask has a one.</summary>
    static abstract TSelf Select(TSelf mask, TSelf yes, TSelf no);

    /// <summary>The words added as floats.</summary>
    static abstract TSelf AddFloats(TSelf left, TSelf right);

    /// <summary>The words subtracted as floats.</summary>
    static abstract TSelf SubtractFloats(TSelf left, TSelf right);

    /// <summary>The words multiplied as floats.</summary>
    static abstract TSelf MultiplyFloats(TSelf left, TSelf right);
}
