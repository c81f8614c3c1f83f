namespace Spud.Text.ChatTemplates;

/// <summary>Strings filled up to a width, counted in code points.</summary>
internal static class Padding
{
    public static string Left(TemplateRun run, string text, long width, char fill) =>
        new BoundedText(run).Append(fill, width - Characters.Count(text)).Append(text).ToString();

    public static string Right(TemplateRun run, string text, long width, char fill) =>
        new BoundedText(run).Append(text).Append(fill, width - Characters.Count(text)).ToString();

    /// <summary>Of an odd rest, Python puts the larger half on the left when the width is odd.</summary>
    public static string Center(TemplateRun run, string text, long width, char fill)
    {
        long rest = Math.Max(0, width - Characters.Count(text));
        long left = rest / 2 + (rest & width & 1);
        return new BoundedText(run).Append(fill, left).Append(text).Append(fill, rest - left).ToString();
    }

    /// <summary>Zeros between the sign and the digits.</summary>
    public static string Zeros(TemplateRun run, string text, long width)
    {
        bool isSigned = text.StartsWith('-') || text.StartsWith('+');
        string sign = isSigned ? text[..1] : "";
        return sign + Left(run, text[sign.Length..], width - sign.Length, '0');
    }
}
