using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>Converts JSON to a template's values. All its strings are foreign.</summary>
internal static class JsonValues
{
    /// <summary>Python's own limit.</summary>
    private const int MaxDigits = 4300;

    public static object From(TemplateRun run, JsonElement json)
    {
        try
        {
            return FromElement(run, json);
        }
        catch (InvalidOperationException error)
        {
            throw run.Fail($"the JSON contains a string that is not valid Unicode: {error.Message}");
        }
    }

    private static object FromElement(TemplateRun run, JsonElement json)
    {
        run.Enter();
        object value = json.ValueKind switch
        {
            JsonValueKind.Object => FromObject(run, json),
            JsonValueKind.Array => FromArray(run, json),
            JsonValueKind.String => FromString(run, json),
            JsonValueKind.Number => FromNumber(run, json),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => None.Value,
        };
        run.Leave();
        return value;
    }

    private static TemplateString FromString(TemplateRun run, JsonElement json)
    {
        string text = json.GetString()!;
        run.Charge(text.Length);
        return TemplateString.Foreign(text);
    }

    private static TemplateMap FromObject(TemplateRun run, JsonElement json)
    {
        var map = new TemplateMap();
        foreach (JsonProperty property in json.EnumerateObject())
            map.Set(run, TemplateString.Foreign(property.Name), FromElement(run, property.Value));
        return map;
    }

    private static TemplateList FromArray(TemplateRun run, JsonElement json)
    {
        run.ChargeItems(json.GetArrayLength());
        var items = new List<object>(json.GetArrayLength());
        foreach (JsonElement item in json.EnumerateArray())
            items.Add(FromElement(run, item));
        return new TemplateList(items);
    }

    private static object FromNumber(TemplateRun run, JsonElement json)
    {
        string text = json.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
            return json.GetDouble();
        if (json.TryGetInt64(out long whole))
            return whole;
        if (text.Length > MaxDigits)
            throw run.Fail($"the JSON contains an integer of {text.Length} digits, expected at most {MaxDigits}");
        return BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
