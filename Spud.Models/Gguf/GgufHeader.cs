using System.Text;

namespace Spud.Models;

/// <summary>The validated header of one GGUF file. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.</summary>
internal sealed class GgufHeader
{
    private const int DefaultAlignment = 32;

    /// <summary>A huge page: a larger alignment has no benefit.</summary>
    private const int MaxAlignment = 2 << 20;

    private GgufHeader(MappedFile file, int version, GgufMetadata metadata, List<GgufTensor> tensors) =>
        (File, Version, Metadata, Tensors) = (file, version, metadata, tensors);

    public MappedFile File { get; }

    public int Version { get; }

    public GgufMetadata Metadata { get; }

    /// <summary>The tensors, in the order of the file.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <exception cref="ModelFileException">The header is invalid or inconsistent.</exception>
    public static GgufHeader Read(MappedFile file)
    {
        RequireMagic(file);
        GgufReader reader = new(file);
        reader.Take(4, "magic");
        int version = ReadVersion(reader);
        ulong tensorCount = reader.UInt64("number of tensors");
        GgufMetadata metadata = GgufValues.Read(reader);
        return new GgufHeader(file, version, metadata, GgufTensorTable.Read(reader, tensorCount, Alignment(metadata)));
    }

    private static void RequireMagic(MappedFile file)
    {
        ReadOnlySpan<byte> start = file.Bytes(0, (int)Math.Min(file.Length, 24));
        if (start.StartsWith("GGUF"u8))
            return;

        string got = start switch
        {
            _ when start.StartsWith("version https://git-lfs"u8) => "a Git LFS pointer. Run 'git lfs pull' to fetch the file itself",
            _ when start.StartsWith("PK"u8) => "a zip archive (PyTorch checkpoints are). Convert the model to GGUF",
            _ when start.Length > 8 && start[8] == '{' => "what looks like safetensors. Convert the model to GGUF",
            _ when start.StartsWith("FUGG"u8) => "a byte-swapped GGUF. Spud reads little-endian files: convert the model again",
            _ when IsText(start) => $"text that begins with {ModelFileException.Quote(Encoding.ASCII.GetString(start))}. Name a .gguf file",
            _ => $"the bytes {Convert.ToHexString(start[..Math.Min(4, start.Length)])}. Name a .gguf file, or download it again",
        };
        throw new ModelFileException($"{file.Path}: not a GGUF model file: expected 'GGUF' at byte 0, got {got}.");
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b is (< 0x20 or > 0x7e) and not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
                return false;
        }

        return true;
    }

    private static int ReadVersion(GgufReader reader)
    {
        uint version = reader.UInt32("version");
        return version switch
        {
            2 or 3 => (int)version,
            _ when (version & 0xffff) == 0 && version != 0 => throw reader.Fault(
                "a big-endian GGUF file, expected little-endian", "Convert the model again for little-endian machines."),
            _ => throw reader.Fault($"GGUF version {version}, expected 2 or 3", version < 2
                ? "Convert the model again with a current converter."
                : "Update Spud, or use a model file of version 3."),
        };
    }

    private static int Alignment(GgufMetadata metadata)
    {
        if (!metadata.TryGetLong("general.alignment", out long alignment))
            return DefaultAlignment;
        return alignment is >= 8 and <= MaxAlignment && long.IsPow2(alignment)
            ? (int)alignment
            : throw metadata.Fault("general.alignment", $"expected a power of two from 8 to {MaxAlignment}, got {alignment}", GgufReader.Damaged);
    }
}
