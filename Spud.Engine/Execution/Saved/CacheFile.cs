namespace Spud.Execution;

/// <summary>
/// A text in a file: its ids, the pages of its keys and values, and what components know of it. It is bound to the model and to every part of the
/// pipeline that keys depend on; a checksum covers all of it. It is written beside and then renamed, so that a reader finds the old one or the new one.
/// </summary>
public static class CacheFile
{
    /// <summary>Writes a text.</summary>
    /// <param name="sequence">Stays as it is.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="effort">With which the text was read.</param>
    /// <exception cref="CacheFileException">The file cannot be written, or the pages lie in a device's memory.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use, or the sequence has ended.</exception>
    public static void Save(Sequence sequence, string path, float effort = 1)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SingleUser.Turn turn = sequence.Engine.TakeTurn();
        sequence.ThrowIfEnded();
        CacheFileWriter.Write(sequence, path, effort);
    }

    /// <summary>Reads a text into a new sequence.</summary>
    /// <param name="engine">Of a pipeline whose keys mean the same as those in the file.</param>
    /// <param name="path">The file.</param>
    /// <param name="effort">With which texts are read.</param>
    /// <exception cref="CacheFileException">The file cannot be read, is damaged, or belongs to another model or pipeline.</exception>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or the engine is.</exception>
    public static Sequence Load(Engine engine, string path, float effort = 1)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SingleUser.Turn turn = engine.TakeTurn();
        Sequence sequence = engine.OpenNext();
        bool isWhole = false;
        try
        {
            using CacheFileReader reader = new(path);
            reader.Restore(engine.Parts, sequence, effort);
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
