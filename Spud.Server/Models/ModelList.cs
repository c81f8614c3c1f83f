namespace Spud.Server.Models;

/// <summary>The models of the server.</summary>
/// <param name="Data">One entry each.</param>
internal sealed record ModelList(ModelEntry[] Data)
{
    /// <summary>The kind of object.</summary>
    public string Object => "list";
}

/// <summary>A model.</summary>
/// <param name="Id">The name that requests use.</param>
/// <param name="Created">When it became known, in seconds since 1970.</param>
/// <param name="Loaded">Whether it is in memory.</param>
internal sealed record ModelEntry(string Id, long Created, bool Loaded)
{
    /// <summary>The kind of object.</summary>
    public string Object => "model";

    /// <summary>Who offers it.</summary>
    public string OwnedBy => "spud";

    /// <summary>Maximum length of a text in tokens; null while it is not in memory.</summary>
    public int? ContextLength { get; init; }

    /// <summary>What it takes in memory when its context is full, in bytes; null until it was asked for.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The entry of a model.</summary>
    public static ModelEntry Of(ServedModel model)
    {
        LanguageModel? loaded = model.Loading is { IsCompletedSuccessfully: true } loading ? loading.Result : null;
        return new(model.Name, model.Created.ToUnixTimeSeconds(), loaded is not null) { ContextLength = loaded?.Pipeline.Limits.ContextTokens, MemoryBytes = model.Bytes };
    }
}
