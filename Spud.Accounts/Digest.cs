using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Spud.Accounts;

/// <summary>Identifies the content of an operation, so that its repetition is told from a different one with the same id.</summary>
internal static class Digest
{
    /// <summary>Hash of some texts; null and empty are different.</summary>
    public static string Of(params ReadOnlySpan<string?> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string? part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part ?? "");
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? int.MaxValue : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
