using System.Globalization;
using Microsoft.Extensions.AI;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;
using Spud.Sampling;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud.Extensions.AI;

/// <summary>Options of a chat as options of the engine; what is absent is what the model recommends.</summary>
internal static class OptionMapping
{
    private const string BudgetName = "budget", EffortName = "effort", PreferName = "prefer";

    /// <summary>How an answer is generated.</summary>
    public static GenerationOptions Of(ChatOptions? options, LanguageModel model)
    {
        SamplingOptions usual = model.RecommendedSampling;
        bool counts = options?.PresencePenalty is not null || options?.FrequencyPenalty is not null;
        return new()
        {
            MaxTokens = options?.MaxOutputTokens,
            StopStrings = [.. options?.StopSequences ?? []],
            Budget = Number(options, BudgetName) is { } units ? Budget.OfCompute(units) : null,
            Effort = (float?)Number(options, EffortName),
            Prefer = Preference(options),
            PrefixSharing = options?.ConversationId ?? "local",
            Sampling = usual with
            {
                Temperature = options?.Temperature ?? usual.Temperature,
                TopP = options?.TopP ?? usual.TopP,
                TopK = options?.TopK ?? usual.TopK,
                PresencePenalty = options?.PresencePenalty ?? 0,
                FrequencyPenalty = options?.FrequencyPenalty ?? 0,
                RepetitionWindow = counts ? model.Pipeline.Limits.ContextTokens : usual.RepetitionWindow,
                Seed = (ulong?)options?.Seed,
            },
        };
    }

    /// <summary>The constraint of an answer; null if it is free.</summary>
    public static TokenConstraint? ConstraintOf(ChatOptions? options, ToolSet? tools, LanguageModel model, RenderedPrompt prompt)
    {
        if (options?.ResponseFormat is ChatResponseFormatJson format)
            return format.Schema is { } schema ? model.ConstrainToSchema(schema, prompt) : model.ConstrainToJsonObject(prompt);

        return tools is null ? null : model.ConstrainToCalls(tools, ToolMapping.ChoiceOf(options), options?.AllowMultipleToolCalls ?? true, prompt);
    }

    private static DraftPreference? Preference(ChatOptions? options) =>
        options?.AdditionalProperties is { } more && more.TryGetValue(PreferName, out object? value) && value is not null ? Enum.Parse<DraftPreference>(Convert.ToString(value, CultureInfo.InvariantCulture)!, ignoreCase: true) : null;

    private static decimal? Number(ChatOptions? options, string name) =>
        options?.AdditionalProperties is { } more && more.TryGetValue(name, out object? value) && value is not null ? Convert.ToDecimal(value, CultureInfo.InvariantCulture) : null;
}
