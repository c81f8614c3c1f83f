using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spud.Evaluation.Comparison;

/// <summary>The file of an unfinished comparison.</summary>
/// <param name="path">Next to the output.</param>
public sealed class StateFile(string path)
{
    /// <summary>Full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Deletes it after the comparison is finished.</summary>
    public void Delete() => File.Delete(Path);

    /// <summary>Loads the state; null if there is none.</summary>
    /// <exception cref="ComparisonException">The file belongs to another comparison or cannot be read.</exception>
    internal ComparisonState? Read(string fingerprint)
    {
        if (!File.Exists(Path))
            return null;

        ComparisonState? state;
        try
        {
            state = JsonSerializer.Deserialize(Content(File.ReadAllBytes(Path)), ComparisonStateJson.Default.ComparisonState);
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ComparisonException($"{Path}: the unfinished comparison in it cannot be read: {fault.Message} Delete it to begin again.");
        }

        if (state?.Version != ComparisonState.CurrentVersion || state.Fingerprint != fingerprint)
            throw new ComparisonException($"{Path}: there is an unfinished comparison of other pipelines, texts or settings. Repeat that command to finish it, delete the file to begin anew, or name another output.");

        return state;
    }

    /// <exception cref="IOException">The file cannot be written; the old content is intact.</exception>
    internal void Write(ComparisonState state)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(state, ComparisonStateJson.Default.ComparisonState);
        SafeFile.Write(Path, [.. content, (byte)'\n', .. Hash(content)]);
    }

    /// <summary>Text before the hash, which detects damage that leaves valid JSON.</summary>
    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file)
    {
        int end = file.LastIndexOf((byte)'\n');
        return end >= 0 && file[(end + 1)..].SequenceEqual(Hash(file[..end])) ? file[..end] : throw new InvalidDataException("it is damaged, or of another version of Spud.");
    }

    private static byte[] Hash(ReadOnlySpan<byte> content) => Encoding.ASCII.GetBytes(Convert.ToHexString(SHA256.HashData(content)));
}
