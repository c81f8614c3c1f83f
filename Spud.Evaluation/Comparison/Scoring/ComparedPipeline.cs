using Spud.Execution;
using Spud.Models;

namespace Spud.Evaluation.Comparison;

/// <summary>A pipeline that takes part in a comparison.</summary>
/// <param name="Name">Display name: a file's name or the varied values.</param>
/// <param name="Model">Composed with <see cref="LogitRowsFor(int)"/> logit rows; owned by the caller.</param>
/// <param name="MeasuredBytes">Growth of this process's private memory from composing it and reading a window; null if unknown.</param>
public sealed record ComparedPipeline(string Name, LanguageModel Model, long? MeasuredBytes = null)
{
    /// <summary>Logits of a tile, all rows together.</summary>
    private const long TileBytes = 32L << 20;

    /// <summary>Rows of a tile: as many as fit 32 MiB of logits, so that a large vocabulary does not take hundreds of MB for each pipeline.</summary>
    /// <param name="model">The model file.</param>
    /// <exception cref="ModelFileException">It cannot be read.</exception>
    public static int LogitRowsFor(string model)
    {
        using GgufFile file = GgufFile.Open(model);
        return LogitRowsFor(file.Metadata.CountOf("tokenizer.ggml.tokens"));
    }

    /// <inheritdoc cref="LogitRowsFor(string)"/>
    /// <param name="vocabulary">V.</param>
    public static int LogitRowsFor(int vocabulary) => (int)Math.Clamp(TileBytes / (sizeof(float) * Math.Max(vocabulary, 1L)), 16, 256);

    /// <summary>Loads a model, and measures its private memory after reading a text of maximum length.</summary>
    /// <param name="name">Display name.</param>
    /// <param name="load">Composes the pipeline.</param>
    /// <param name="tokens">The longest text.</param>
    public static ComparedPipeline Load(string name, Func<LanguageModel> load, int tokens)
    {
        ArgumentNullException.ThrowIfNull(load);
        long? before = ProcessMemory.PrivateBytes();
        LanguageModel model = load();
        try
        {
            Touch(model, tokens);
            return new(name, model, ProcessMemory.Growth(before, ProcessMemory.PrivateBytes()));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void Touch(LanguageModel model, int tokens)
    {
        using Sequence sequence = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        int[] text = new int[tokens];
        while (sequence.Tokens < tokens)
        {
            // A full tile of logit rows suffices to commit their memory.
            int left = tokens - sequence.Tokens, rows = model.Pipeline.Limits.LogitRows;
            model.Engine.Step(batch, sequence, text.AsSpan(sequence.Tokens, left > rows ? left - rows : left), Phase.Prefill, left > rows ? LogitRows.None : LogitRows.All);
        }
    }
}
