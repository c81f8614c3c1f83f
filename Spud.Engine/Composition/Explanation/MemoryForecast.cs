using Spud.Configuration;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// Memory that a pipeline will need, in bytes, before it is composed: <see cref="MemoryExplanation.PipelineBytes"/> as far as model file, cache and limits
/// tell. Weights count as the file stores them, wherever components put them; workspaces of components are not included.
/// </summary>
/// <param name="Weights">The model's tensors; an embedding that is the output matrix as well counts twice.</param>
/// <param name="Pages">Keys and values when all pages are used.</param>
/// <param name="Buffers">Buffers of steps and logits, the cache's own memory, the tokenizer's tables.</param>
public sealed record MemoryForecast(long Weights, long Pages, long Buffers)
{
    /// <summary>The sum.</summary>
    public long Bytes => Weights + Pages + Buffers;

    /// <summary>What a pipeline will need. Reads the head of the model file, and builds the cache alone.</summary>
    /// <param name="document">The pipeline document.</param>
    /// <param name="plugins">Plugins that offer components.</param>
    /// <param name="options">Settings of the host.</param>
    /// <exception cref="ModelFileException">The model cannot be read.</exception>
    /// <exception cref="ConfigurationException">The document has faults.</exception>
    /// <exception cref="CompositionException">The cache does not suit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="options"/> is below 1.</exception>
    public static MemoryForecast Of(PipelineDocument document, PluginCatalog plugins, PipelineOptions options)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(plugins);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        return PipelineComposer.Forecast(document, plugins, options);
    }
}
