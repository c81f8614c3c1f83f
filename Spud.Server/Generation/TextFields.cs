using System.Text.Json;
using Spud.Server.Http;

namespace Spud.Server.Generation;

/// <summary>Texts of a request: a string, an array of strings, an array of ids, or an array of arrays of ids.</summary>
internal static class TextFields
{
    private const int MaxTexts = 2048;

    /// <summary>Reads them as ids.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="name">The field.</param>
    /// <param name="model">Encodes text.</param>
    public static IReadOnlyList<int[]> Read(in Fields fields, string name, LanguageModel model)
    {
        const string Expected = "a string, an array of strings, an array of token ids, or an array of arrays of token ids";
        if (fields.Any(name) is not { } value)
            throw fields.Missing(name, Expected);
        if (value.ValueKind == JsonValueKind.String)
            return [Encode(value.GetString()!, name, model)];
        if (value.ValueKind != JsonValueKind.Array)
            throw fields.Wrong(name, Expected, value);
        if (value.GetArrayLength() is 0 or > MaxTexts && value.EnumerateArray().FirstOrDefault().ValueKind != JsonValueKind.Number)
            throw ApiException.Invalid(name, $"expected 1 to {MaxTexts} texts, got {value.GetArrayLength()}.", "invalid_value");
        if (value[0].ValueKind == JsonValueKind.Number)
            return [Ids(value, name, model)];

        List<int[]> texts = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            string at = $"{name}[{texts.Count}]";
            texts.Add(item.ValueKind switch
            {
                JsonValueKind.String => Encode(item.GetString()!, at, model),
                JsonValueKind.Array => Ids(item, at, model),
                _ => throw ApiException.Invalid(at, $"expected a string or an array of token ids, got {Fields.Kind(item)}.", "invalid_type"),
            });
        }

        return texts;
    }

    private static int[] Encode(string text, string at, LanguageModel model)
    {
        model.RequireRoom(text);
        return NotEmpty(model.Encode(text), at);
    }

    private static int[] Ids(JsonElement array, string at, LanguageModel model)
    {
        int vocabulary = model.Tokenizer.VocabularySize, context = model.Pipeline.Limits.ContextTokens;
        if (array.GetArrayLength() > context)
            throw new Execution.ContextOverflowException(array.GetArrayLength(), context);

        List<int> ids = [];
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int id) || id < 0 || id >= vocabulary)
                throw ApiException.Invalid($"{at}[{ids.Count}]", $"expected a token id from 0 to {vocabulary - 1}, got {Fields.Kind(item)}.", "invalid_value");

            ids.Add(id);
        }

        return NotEmpty([.. ids], at);
    }

    private static int[] NotEmpty(int[] ids, string at) => ids.Length > 0 ? ids : throw ApiException.Invalid(at, "it has no tokens; expected at least one.", "invalid_value");
}
