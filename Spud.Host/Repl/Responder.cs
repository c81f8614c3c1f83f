namespace Spud.Host.Repl;

/// <summary>A pipeline that can answer, with its held texts.</summary>
/// <param name="Name">Its name in a comparison; null for the session's own pipeline.</param>
/// <param name="Model">The pipeline.</param>
/// <param name="Texts">The texts whose keys and values it holds.</param>
/// <param name="Pipeline">Its state.</param>
internal sealed record Responder(string? Name, LanguageModel Model, HeldTexts Texts, PipelineState Pipeline) : IDisposable
{
    /// <summary>Disposes of the texts, then of the pipeline.</summary>
    public void Dispose()
    {
        Texts.Dispose();
        Model.Dispose();
    }
}
