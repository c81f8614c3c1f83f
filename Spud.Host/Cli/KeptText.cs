using Spud.Execution;

namespace Spud.Host;

/// <summary>The text of a run, kept in a cache file for later runs.</summary>
internal sealed class KeptText : IDisposable
{
    private readonly string _path;
    private readonly float _effort;
    private readonly int[] _before;

    private KeptText(Sequence sequence, string path, float effort) => (Sequence, _path, _effort, _before) = (sequence, path, effort, sequence.Ids.ToArray());

    /// <summary>The text; empty if there is no file yet.</summary>
    public Sequence Sequence { get; }

    /// <summary>Reads the file, if it exists.</summary>
    /// <param name="model">The model that the text belongs to.</param>
    /// <param name="path">The file; null if nothing is kept.</param>
    /// <param name="effort">Effort of the request; null for the pipeline's.</param>
    /// <param name="shell">Keeps track of the command's files.</param>
    /// <exception cref="BadInputException">The file is refused; the message says why.</exception>
    public static KeptText? Open(LanguageModel model, string? path, float? effort, Shell shell)
    {
        if (path is null)
            return null;

        shell.Files.RequireUnused(path);
        shell.Files.Reads(path);
        float used = effort ?? model.Pipeline.Effort;
        try
        {
            return new(Path.Exists(path) ? CacheFile.Load(model.Engine, path, used) : model.Engine.Open(), Path.GetFullPath(path), used);
        }
        catch (CacheFileException refusal)
        {
            throw new BadInputException(refusal.Message);
        }
    }

    /// <summary>Writes the file, unless it already contains the text.</summary>
    /// <exception cref="CacheFileException">The file cannot be written.</exception>
    public void Save()
    {
        if (Sequence.Fault is null && !Sequence.Ids.SequenceEqual(_before))
            CacheFile.Save(Sequence, _path, _effort);
    }

    public void Dispose() => Sequence.Dispose();
}
