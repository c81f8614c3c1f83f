using System.Text;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>A change to a pipeline, <c>path=value</c>.</summary>
public readonly record struct PipelineEdit
{
    /// <param name="text"><c>path=value</c>.</param>
    /// <param name="source">The option written by the user, for messages, such as <c>--ctx 4096</c>; null for <c>--set path=value</c>.</param>
    public PipelineEdit(string text, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = Unicode(text);
        Source = source is null ? $"--set {QuotedText.Of(Text)}" : QuotedText.Of(Unicode(source));
    }

    /// <summary><c>path=value</c>.</summary>
    public string Text { get; }

    /// <summary>How messages refer to it.</summary>
    public string Source { get; }

    // A command line may contain invalid Unicode; the code that follows need not handle it.
    private static string Unicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
