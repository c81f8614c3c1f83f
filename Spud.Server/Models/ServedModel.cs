using Spud.Server.Settings;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Models;

/// <summary>A model that the server offers, in memory or not. Its fields are guarded by <see cref="ModelShelf"/>.</summary>
/// <param name="name">The name that requests use.</param>
/// <param name="settings">Its settings.</param>
internal sealed class ServedModel(string name, ModelSettings settings)
{
    /// <summary>The name that requests use.</summary>
    public string Name => name;

    /// <summary>Its settings.</summary>
    public ModelSettings Settings => settings;

    /// <summary>The texts that it generates.</summary>
    public OpenTexts Texts { get; } = new();

    /// <summary>When it became known to the server.</summary>
    public DateTimeOffset Created { get; } = DateTimeOffset.UtcNow;

    /// <summary>The model in memory, or being loaded; null if it is neither.</summary>
    public Task<LanguageModel>? Loading { get; set; }

    /// <summary>Requests that use it.</summary>
    public int Users { get; set; }

    /// <summary>When it was used last, in ticks that only grow.</summary>
    public long LastUse { get; set; }

    /// <summary>What it takes in memory, in bytes: as forecast before it is loaded for the first time, then as its pipeline explains it. Null while unknown.</summary>
    public long? Bytes { get; set; }

    /// <summary>Whether it is in memory or being loaded.</summary>
    public bool IsHeld => Loading is not null and not { IsFaulted: true };

    /// <summary>Whether it is in memory.</summary>
    public bool IsLoaded => Loading is { IsCompletedSuccessfully: true };

    /// <summary>The template that replaces the model's own; null if none is set.</summary>
    /// <exception cref="SettingsException">There is no such template.</exception>
    /// <exception cref="TemplateException">The template is not valid.</exception>
    public ChatTemplate? Template()
    {
        if (settings.ChatTemplate is not { } given)
            return null;
        if (KnownChatTemplates.Find(given) is { } known)
            return ChatTemplate.Parse(known);

        return File.Exists(given)
            ? ChatTemplate.Parse(File.ReadAllText(given))
            : throw new SettingsException($"model '{name}': ChatTemplate: '{given}' is neither a file nor a known template. Known: {string.Join(", ", KnownChatTemplates.Names)}.");
    }
}
