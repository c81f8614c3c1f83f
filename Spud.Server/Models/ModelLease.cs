namespace Spud.Server.Models;

/// <summary>A model in use: it stays in memory until the lease is disposed.</summary>
/// <param name="served">What the server offers.</param>
/// <param name="model">The model in memory.</param>
/// <param name="end">Called once, when the use ends.</param>
internal sealed class ModelLease(ServedModel served, LanguageModel model, Action<ServedModel> end) : IDisposable
{
    private Action<ServedModel>? _end = end;

    /// <summary>The name that requests use.</summary>
    public string Name => served.Name;

    /// <summary>Its settings.</summary>
    public Settings.ModelSettings Settings => served.Settings;

    /// <summary>The texts that it generates.</summary>
    public OpenTexts Texts => served.Texts;

    /// <summary>The model in memory.</summary>
    public LanguageModel Model => model;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke(served);
}
