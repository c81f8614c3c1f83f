namespace Spud.Execution;

/// <summary>
/// A text in a file: its ids, the pages of its keys and values, and components' states of it. It is bound to the model and to every part of the
/// pipeline that keys depend on; a checksum covers all of it. It is written to a temporary file and renamed, so a reader finds the old or new one.
/// </summary>
public static class CacheFile
{
    /// <summary>Saves a text.</summary>
    /// <param name="sequence">The text; stays unchanged.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="effort">The effort with which the text was read.</param>
    /// <exception cref="CacheFileException">The file cannot be written, or the pages are in a device's memory.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use, or the sequence has ended.</exception>
    public static void Save(Sequence sequence, string path, float effort = 1)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SingleUser.Turn turn = sequence.Engine.TakeTurn();
        sequence.ThrowIfEnded();
        CacheFileWriter.Write(sequence, path, CacheFileHeader.IdentityOf(sequence.Engine.Parts, effort));
    }

    /// <summary>Loads a text into a new sequence.</summary>
    /// <param name="engine">An engine of a pipeline in which the keys in the file are valid.</param>
    /// <param name="path">The file.</param>
    /// <param name="effort">The effort with which texts are read.</param>
    /// <exception cref="CacheFileException">The file cannot be read, is damaged, or belongs to another model or pipeline.</exception>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or the engine is.</exception>
    public static Sequence Load(Engine engine, string path, float effort = 1)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SingleUser.Turn turn = engine.TakeTurn();
        engine.Kept.Clear();
        Sequence sequence = engine.OpenNext();
        bool isWhole = false;
        try
        {
            using CacheFileReader reader = new(path);
            reader.Restore(engine.Parts, sequence, CacheFileHeader.IdentityOf(engine.Parts, effort));
            sequence.StartLedger();
            isWhole = true;
            return sequence;
        }
        finally
        {
            if (!isWhole)
                sequence.Dispose();
        }
    }
}
