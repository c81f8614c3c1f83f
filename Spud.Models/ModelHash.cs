using System.Security.Cryptography;

namespace Spud.Models;

/// <summary>
/// Identifies a model by 64 hexadecimal digits without reading all of it: SHA-256 of each file's header, and of the first, the middle and
/// the last 4096 bytes of every tensor in the order of the files; tensors of at most 12288 bytes are hashed in full.
/// </summary>
public static class ModelHash
{
    private const int Sample = 4096;
    private const int HeaderPiece = 1 << 20;

    /// <summary>The hash of an open model.</summary>
    public static string Of(GgufFile model)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((MappedFile file, long bytes) in model.Headers)
        {
            for (long at = 0; at < bytes; at += HeaderPiece)
                hash.AppendData(file.Bytes(at, (int)Math.Min(HeaderPiece, bytes - at)));
        }

        foreach (GgufTensor tensor in model.Tensors)
            AddSamples(hash, tensor);

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AddSamples(IncrementalHash hash, GgufTensor tensor)
    {
        if (tensor.Bytes <= 3 * Sample)
        {
            hash.AppendData(tensor.Map.Bytes(tensor.Offset, (int)tensor.Bytes));
            return;
        }

        foreach (long at in (ReadOnlySpan<long>)[0, (tensor.Bytes - Sample) / 2, tensor.Bytes - Sample])
            hash.AppendData(tensor.Map.Bytes(tensor.Offset + at, Sample));
    }
}
