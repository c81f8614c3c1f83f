namespace Spud.Text.ChatTemplates;

/// <summary>Pads strings to a width, counted in code points.</summary>
internal static class Padding
{
    private static readonly TemplateString s_zero = TemplateString.Own("0");

    public static TemplateString Space { get; } = TemplateString.Own(" ");

    public static TemplateString Left(TemplateRun run, TemplateString text, long width, TemplateString fill) =>
        new BoundedText(run).Append(fill, width - Characters.Count(text.Text)).Append(text).ToText();

    public static TemplateString Right(TemplateRun run, TemplateString text, long width, TemplateString fill) =>
        new BoundedText(run).Append(text).Append(fill, width - Characters.Count(text.Text)).ToText();

    /// <summary>If the padding is odd, Python puts the larger half on the left if the width is also odd, else on the right.</summary>
    public static TemplateString Center(TemplateRun run, TemplateString text, long width, TemplateString fill)
    {
        long rest = Math.Max(0, width - Characters.Count(text.Text));
        long left = rest / 2 + (rest & width & 1);
        return new BoundedText(run).Append(fill, left).Append(text).Append(fill, rest - left).ToText();
    }

    /// <summary>Pads with zeros between the sign and the digits.</summary>
    public static TemplateString Zeros(TemplateRun run, TemplateString text, long width)
    {
        int sign = text.Text.StartsWith('-') || text.Text.StartsWith('+') ? 1 : 0;
        return new BoundedText(run).Append(text[..sign]).Append(Left(run, text[sign..], width - sign, s_zero)).ToText();
    }
}
