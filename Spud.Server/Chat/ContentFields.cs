using System.Text.Json;
using Spud.Server.Http;

namespace Spud.Server.Chat;

/// <summary>The content of a message: a string, null, or an array of parts that are text.</summary>
internal static class ContentFields
{
    /// <summary>Its text; null if it is null or absent.</summary>
    public static string? Read(in Fields message, string name)
    {
        if (message.Any(name) is not { } content)
            return null;
        if (content.ValueKind == JsonValueKind.String)
            return content.GetString();
        if (content.ValueKind != JsonValueKind.Array)
            throw message.Wrong(name, "a string, null or an array of parts", content);

        return string.Join('\n', message.Objects(name).Select(static part => Part(part)));
    }

    private static string Part(in Fields part)
    {
        string type = part.RequiredText("type");
        return type switch
        {
            "text" or "input_text" or "output_text" => part.RequiredText("text"),
            "refusal" => part.RequiredText("refusal"),
            _ => throw ApiException.Unsupported(part.PathOf("type"), $"'{(type.Length > 40 ? type[..40] : type)}' is not supported: this server's models read text."),
        };
    }
}
