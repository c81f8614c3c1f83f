using Spud.Execution;

namespace Spud.Host;

/// <summary>The text of a run that outlives it, in a cache file.</summary>
internal sealed class KeptText : IDisposable
{
    private readonly string _path;
    private readonly float _effort;
    private readonly int[] _before;

    private KeptText(Sequence sequence, string path, float effort) => (Sequence, _path, _effort, _before) = (sequence, path, effort, sequence.Ids.ToArray());

    /// <summary>The text; empty where there is no file yet.</summary>
    public Sequence Sequence { get; }

    /// <summary>Reads the file, if there is one.</summary>
    /// <param name="model">Whose text it is.</param>
    /// <param name="path">The file; null: nothing is kept.</param>
    /// <param name="effort">Of the request; null: the pipeline's.</param>
    /// <param name="shell">Keeps the files of the command apart.</param>
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

    /// <summary>Writes the file, unless it has the text already.</summary>
    /// <exception cref="CacheFileException">It cannot be written.</exception>
    public void Save()
    {
        if (Sequence.Fault is null && !Sequence.Ids.SequenceEqual(_before))
            CacheFile.Save(Sequence, _path, _effort);
    }

    public void Dispose() => Sequence.Dispose();
}
