namespace Spud.Host.Repl;

/// <summary>A pipeline that can answer, with the texts that it holds.</summary>
/// <param name="Name">Among others that answer the same question; null: it is the session's own.</param>
/// <param name="Model">The pipeline.</param>
/// <param name="Texts">What it holds of conversations.</param>
/// <param name="Pipeline">What it is.</param>
internal sealed record Responder(string? Name, LanguageModel Model, HeldTexts Texts, PipelineState Pipeline) : IDisposable
{
    /// <summary>Lets go of the texts, then of the pipeline.</summary>
    public void Dispose()
    {
        Texts.Dispose();
        Model.Dispose();
    }
}
