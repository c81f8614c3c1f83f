namespace Spud.Server.Settings;

/// <summary>A model that the server offers.</summary>
internal sealed class ModelSettings
{
    /// <summary>The GGUF file; null for that of the pipeline.</summary>
    public string? Model { get; set; }

    /// <summary>The pipeline's JSON file; null for the default pipeline.</summary>
    public string? Pipeline { get; set; }

    /// <summary>Changes to the pipeline, <c>path=value</c> each.</summary>
    public string[] Set { get; set; } = [];

    /// <summary>Jinja template in place of the model's own: a file, or the name of a known one.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>System message of conversations that have none.</summary>
    public string? System { get; set; }

    /// <summary>Temperature of requests that set none; null for what the model file recommends.</summary>
    public float? Temperature { get; set; }
}
