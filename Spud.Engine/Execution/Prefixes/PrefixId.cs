using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Spud.Execution;

/// <summary>
/// Identity of the beginning of a text: a SHA-256 over who may share it, the effort with which it was read, and its tokens, block by block. Model and
/// pipeline are not part of it, since pages never leave the engine that computed them.
/// </summary>
internal readonly record struct PrefixId(UInt128 High, UInt128 Low)
{
    /// <summary>Length of a block: texts are found by whole blocks, and compared token by token from there on.</summary>
    public const int BlockTokens = 32;

    private const int Bytes = 32;

    /// <summary>Identity of an empty text; see <see cref="PrefixOwner"/>.</summary>
    public static PrefixId Of(string name, float effort, bool isShared)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{(isShared ? "shared" : "own")} {effort:R} {name}")), hash);
        return Read(hash);
    }

    /// <summary>Identity of a text that is one block longer.</summary>
    /// <param name="block">The ids of the block.</param>
    public PrefixId Next(ReadOnlySpan<int> block)
    {
        Span<byte> hash = stackalloc byte[Bytes], data = stackalloc byte[Bytes + BlockTokens * sizeof(int)];
        BinaryPrimitives.WriteUInt128LittleEndian(data, High);
        BinaryPrimitives.WriteUInt128LittleEndian(data[(Bytes / 2)..], Low);
        for (int i = 0; i < BlockTokens; i++)
            BinaryPrimitives.WriteInt32LittleEndian(data[(Bytes + i * sizeof(int))..], block[i]);

        SHA256.HashData(data, hash);
        return Read(hash);
    }

    private static PrefixId Read(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[(Bytes / 2)..]));
}
