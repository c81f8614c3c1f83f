using System.Text.Json;

namespace Spud.Evaluation.Comparison;

/// <summary>Where an unfinished comparison is kept.</summary>
/// <param name="path">Beside the output.</param>
public sealed class StateFile(string path)
{
    /// <summary>Full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Deletes it: the comparison is finished, and its results are kept elsewhere.</summary>
    public void Delete() => File.Delete(Path);

    /// <summary>What was kept; null: nothing.</summary>
    /// <exception cref="ComparisonException">It belongs to another comparison or cannot be read.</exception>
    internal ComparisonState? Read(string fingerprint)
    {
        if (!File.Exists(Path))
            return null;

        ComparisonState? state;
        try
        {
            state = JsonSerializer.Deserialize(File.ReadAllBytes(Path), ComparisonStateJson.Default.ComparisonState);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ComparisonException($"{Path}: the unfinished comparison in it cannot be read: {fault.Message} Delete it to begin anew.");
        }

        if (state?.Version != ComparisonState.CurrentVersion || state.Fingerprint != fingerprint)
            throw new ComparisonException($"{Path}: there is an unfinished comparison of other pipelines, texts or settings. Repeat that command to finish it, delete the file to begin anew, or name another output.");

        return state;
    }

    /// <exception cref="IOException">It cannot be written; what was kept before still is.</exception>
    internal void Write(ComparisonState state) => SafeFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(state, ComparisonStateJson.Default.ComparisonState));
}
