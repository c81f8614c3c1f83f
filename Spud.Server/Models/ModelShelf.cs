using System.Collections.Immutable;
using Spud.Server.Http;
using Spud.Server.Settings;

namespace Spud.Server.Models;

/// <summary>
/// The models of the server. At most some of them are in memory: one that is asked for is loaded in place of the one used least recently
/// that no request uses.
/// </summary>
internal sealed partial class ModelShelf : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ModelLoader _loader;
    private readonly ILogger<ModelShelf> _log;
    private readonly int _capacity;
    private readonly SemaphoreSlim _freed = new(0);
    private long _clock;

    public ModelShelf(ServerSettings settings, ModelLoader loader, ILogger<ModelShelf> log)
    {
        (_loader, _log, _capacity) = (loader, log, settings.LoadedModels);
        All = settings.Models.Count > 0
            ? [.. settings.Models.OrderBy(entry => entry.Key != settings.DefaultModel).Select(static entry => new ServedModel(entry.Key, entry.Value))]
            : [new ServedModel(NameOf(settings.Embedded!), settings.Embedded!)];
    }

    /// <summary>All models, the default one first; it is used by requests that name none.</summary>
    public ImmutableArray<ServedModel> All { get; }

    /// <summary>The model with a name; null if there is none.</summary>
    public ServedModel? Find(string name) => All.FirstOrDefault(model => model.Name == name);

    /// <summary>A model in memory, loaded if it is not there.</summary>
    /// <param name="name">As in the request; null for the first.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="ApiException">There is no such model, or it cannot be loaded.</exception>
    public async Task<ModelLease> TakeAsync(string? name, CancellationToken cancellation)
    {
        ServedModel model = name is null ? All[0] : Find(name) ?? throw Unknown(name);
        while (true)
        {
            if (TryStart(model) is not { } loading)
            {
                // Another request has to end first.
                await _freed.WaitAsync(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
                continue;
            }

            try
            {
                return new(model, await loading.WaitAsync(cancellation).ConfigureAwait(false), End);
            }
            catch (Exception fault)
            {
                End(model);
                throw fault is OperationCanceledException ? fault : Unloadable(model, fault);
            }
        }
    }

    /// <summary>Loads the first model, so that the first request need not wait for it.</summary>
    public async Task LoadFirstAsync(CancellationToken cancellation)
    {
        Task<LanguageModel> loading = TryStart(All[0])!;
        try
        {
            await loading.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            End(All[0]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ServedModel model in All)
        {
            if (model.Loading is { } loading)
                await UnloadAsync(loading).ConfigureAwait(false);
        }

        _freed.Dispose();
    }

    private Task<LanguageModel>? TryStart(ServedModel model)
    {
        lock (_gate)
        {
            if (model.Loading is null or { IsFaulted: true })
            {
                Task before = Task.CompletedTask;
                if (All.Count(static other => other.Loading is not null and not { IsFaulted: true }) >= _capacity)
                {
                    if (All.Where(static other => other is { Users: 0, IsLoaded: true }).MinBy(static other => other.LastUse) is not { } oldest)
                        return null;

                    before = UnloadAsync(oldest.Loading!);
                    oldest.Loading = null;
                    Left(oldest.Name, model.Name);
                }

                model.Loading = Task.Run(async () =>
                {
                    await before.ConfigureAwait(false);
                    return _loader.Load(model);
                });
            }

            model.Users++;
            return model.Loading;
        }
    }

    private void End(ServedModel model)
    {
        lock (_gate)
        {
            model.Users--;
            model.LastUse = ++_clock;
        }

        if (_freed.CurrentCount == 0)
            _freed.Release();
    }

    private static async Task UnloadAsync(Task<LanguageModel> loading)
    {
        try
        {
            (await loading.ConfigureAwait(false)).Dispose();
        }
        catch (Exception) when (loading.IsFaulted)
        {
            // It was never loaded; whoever asked for it was told why.
        }
    }

    private static string NameOf(ModelSettings settings) => Path.GetFileNameWithoutExtension(settings.Model ?? settings.Pipeline ?? "default");

    /// <summary>The fault of a name that no model has.</summary>
    public ApiException Unknown(string name) => new(
        StatusCodes.Status404NotFound,
        $"The model '{(name.Length > 100 ? $"{name[..100]}…" : name)}' does not exist. There is: {string.Join(", ", All.Select(static model => model.Name))}.",
        "model",
        "model_not_found");

    private ApiException Unloadable(ServedModel model, Exception fault)
    {
        NotLoaded(model.Name, fault);
        return new(StatusCodes.Status503ServiceUnavailable, $"The model '{model.Name}' cannot be loaded; the server's log says why.", "model", "model_not_loaded");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "model {Model} cannot be loaded")]
    private partial void NotLoaded(string model, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "model {Oldest} leaves memory for {Model}")]
    private partial void Left(string oldest, string model);
}
