using System.Collections.Immutable;
using System.Globalization;
using Spud.Composition;
using Spud.Server.Http;
using Spud.Server.Settings;

namespace Spud.Server.Models;

/// <summary>
/// The models of the server. Those in memory are limited in number and in bytes: one that is asked for is loaded in place of those used least
/// recently that no request uses. What it will take is known before it is loaded.
/// </summary>
internal sealed partial class ModelShelf : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ModelLoader _loader;
    private readonly ILogger<ModelShelf> _log;
    private readonly int _capacity;
    private readonly long _bytes;
    private readonly SemaphoreSlim _freed = new(0);
    private long _clock;

    public ModelShelf(ServerSettings settings, ModelLoader loader, ILogger<ModelShelf> log)
    {
        (_loader, _log, _capacity, _bytes) = (loader, log, settings.LoadedModels, settings.ModelBytes);
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
    /// <exception cref="ApiException">There is no such model, it cannot be loaded, or it needs more memory than models may take.</exception>
    public async Task<ModelLease> TakeAsync(string? name, CancellationToken cancellation)
    {
        ServedModel model = name is null ? All[0] : Find(name) ?? throw Unknown(name);
        await MeasureAsync(model, cancellation).ConfigureAwait(false);
        while (true)
        {
            if (ExcessOf(model) is { } excess)
                throw new ApiException(StatusCodes.Status503ServiceUnavailable, excess, "model", "model_too_large");

            if (TryStart(model) is { } loading)
                return await LeaseAsync(model, loading, cancellation).ConfigureAwait(false);

            await SomeoneEndsAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Loads the first model, so that the first request need not wait for it.</summary>
    /// <exception cref="SettingsException">It needs more memory than models may take.</exception>
    public async Task LoadFirstAsync(CancellationToken cancellation)
    {
        long bytes = _loader.BytesOf(All[0]);
        lock (_gate)
            All[0].Bytes ??= bytes;
        if (ExcessOf(All[0]) is { } excess)
            throw new SettingsException($"{excess} Choose a shorter context, fewer {ServerSettings.Section}:FullSequences or a smaller model, or raise {ServerSettings.Section}:ModelMegabytes.");

        Task<LanguageModel>? loading;
        while ((loading = TryStart(All[0])) is null)
            await SomeoneEndsAsync(cancellation).ConfigureAwait(false);

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

    private async Task<ModelLease> LeaseAsync(ServedModel model, Task<LanguageModel> loading, CancellationToken cancellation)
    {
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

    // Models in use leave no room for another one: a request has to end first.
    private Task SomeoneEndsAsync(CancellationToken cancellation) => _freed.WaitAsync(TimeSpan.FromSeconds(1), cancellation);

    private Task<LanguageModel>? TryStart(ServedModel model)
    {
        lock (_gate)
        {
            if (!model.IsHeld)
            {
                if (LeavingFor(model) is not { } leaving)
                    return null;

                Task[] before = [.. leaving.Select(other => UnloadAsync(other.Loading!))];
                foreach (ServedModel other in leaving)
                {
                    other.Loading = null;
                    Left(other.Name, model.Name);
                }

                model.Loading = Task.Run(() => LoadAsync(model, Task.WhenAll(before)));
            }

            model.Users++;
            return model.Loading;
        }
    }

    /// <summary>The models that make room for another one, the one used least recently first; null if requests use too many others.</summary>
    private List<ServedModel>? LeavingFor(ServedModel model)
    {
        int count = All.Count(static other => other.IsHeld);
        long bytes = model.Bytes!.Value + All.Where(static other => other.IsHeld).Sum(static other => other.Bytes!.Value);
        List<ServedModel> leaving = [];
        foreach (ServedModel idle in All.Where(static other => other is { Users: 0, IsLoaded: true }).OrderBy(static other => other.LastUse))
        {
            if (HasRoom())
                break;

            leaving.Add(idle);
            (count, bytes) = (count - 1, bytes - idle.Bytes!.Value);
        }

        return HasRoom() ? leaving : null;

        bool HasRoom() => count < _capacity && bytes <= _bytes;
    }

    private async Task<LanguageModel> LoadAsync(ServedModel model, Task before)
    {
        await before.ConfigureAwait(false);
        LanguageModel loaded = _loader.Load(model);
        long bytes = PipelineExplanation.Of(loaded.Pipeline).Memory.PipelineBytes;
        lock (_gate)
            model.Bytes = bytes;

        return loaded;
    }

    /// <summary>Finds out what a model will take in memory, if that is unknown.</summary>
    private async Task MeasureAsync(ServedModel model, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (model.Bytes is not null)
                return;
        }

        try
        {
            long bytes = await Task.Run(() => _loader.BytesOf(model), cancellation).ConfigureAwait(false);
            lock (_gate)
                model.Bytes ??= bytes;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw Unloadable(model, fault);
        }
    }

    /// <summary>Why a model never fits; null if it does, or is in memory.</summary>
    private string? ExcessOf(ServedModel model)
    {
        lock (_gate)
        {
            return model.IsHeld || model.Bytes!.Value <= _bytes
                ? null
                : $"The model '{model.Name}' needs {Megabytes(model.Bytes.Value + (1 << 20) - 1)} of memory, and models may take {Megabytes(_bytes)} here.";
        }
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20:N0} MiB");

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
