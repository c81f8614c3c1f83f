using System.Globalization;

namespace Spud.Host.Repl;

/// <summary>A setting of turns that <c>/set NAME VALUE</c> changes.</summary>
/// <param name="Name">As on the command line, without dashes.</param>
/// <param name="Alias">Its name in other programs; empty if the same.</param>
/// <param name="Expected">Description of the valid values.</param>
/// <param name="Read">Returns its value as text.</param>
/// <param name="Parse">Returns the settings with a new value; null if the text is not a valid one.</param>
internal sealed record SamplingParameter(string Name, string Alias, string Expected, Func<TurnSettings, string> Read, Func<TurnSettings, string, TurnSettings?> Parse)
{
    private const string Recommended = "as the model recommends";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SamplingParameter> All { get; } =
    [
        Number("temperature", "", 0, 100, static choice => choice.Temperature, static (choice, value) => choice with { Temperature = value }),
        Integer("top-k", "top_k", static choice => choice.TopK, static (choice, value) => choice with { TopK = value }),
        Number("top-p", "top_p", 0, 1, static choice => choice.TopP, static (choice, value) => choice with { TopP = value }),
        Number("min-p", "min_p", 0, 1, static choice => choice.MinP, static (choice, value) => choice with { MinP = value }),
        Number("repeat-penalty", "repeat_penalty", 0.01f, 100, static choice => choice.RepetitionPenalty, static (choice, value) => choice with { RepetitionPenalty = value }),
        new("seed", "", "a whole number from 0 on, or 'random'", static settings => settings.Sampling.Seed is { } seed ? $"{seed}" : "random", ParseSeed),
        new("max-tokens", "num_predict", "a whole number from 1 on", static settings => $"{settings.MaxTokens}", static (settings, text) => Whole(text) is >= 1 and { } tokens ? settings with { MaxTokens = tokens } : null),
        new("stop", "", "a text that ends an answer, or 'off'", static settings => settings.StopStrings.Count == 0 ? "off" : string.Join(", ", settings.StopStrings), static (settings, text) =>
            text.Length == 0 ? null : settings with { StopStrings = text == "off" ? [] : [.. settings.StopStrings, text] }),
    ];

    /// <summary>Finds one by name; null if there is none.</summary>
    public static SamplingParameter? Find(string name) => All.FirstOrDefault(parameter => parameter.Name == name || parameter.Alias == name);

    private static SamplingParameter Number(string name, string alias, float least, float most, Func<SamplingChoice, float?> read, Func<SamplingChoice, float?, SamplingChoice> write) => new(
        name, alias, FormattableString.Invariant($"a number from {least} to {most}, or 'default'"), settings => read(settings.Sampling)?.ToString(CultureInfo.InvariantCulture) ?? Recommended, (settings, text) =>
            text == "default" ? settings with { Sampling = write(settings.Sampling, null) }
            : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= least && value <= most ? settings with { Sampling = write(settings.Sampling, value) }
            : null);

    private static SamplingParameter Integer(string name, string alias, Func<SamplingChoice, int?> read, Func<SamplingChoice, int?, SamplingChoice> write) => new(
        name, alias, "a whole number from 0 on, or 'default'", settings => read(settings.Sampling)?.ToString(CultureInfo.InvariantCulture) ?? Recommended, (settings, text) =>
            text == "default" ? settings with { Sampling = write(settings.Sampling, null) } : Whole(text) is { } value ? settings with { Sampling = write(settings.Sampling, value) } : null);

    private static TurnSettings? ParseSeed(TurnSettings settings, string text) =>
        text == "random" ? settings with { Sampling = settings.Sampling with { Seed = null } }
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? settings with { Sampling = settings.Sampling with { Seed = seed } }
        : null;

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
