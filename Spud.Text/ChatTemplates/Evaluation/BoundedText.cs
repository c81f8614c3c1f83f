using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>A text that grows within the run's limits and keeps track of its foreign characters.</summary>
internal sealed class BoundedText(TemplateRun run)
{
    private readonly StringBuilder _text = new();
    private readonly List<Range> _foreign = [];

    public TemplateRun Run => run;

    /// <summary>Appends text written by the template or the host itself.</summary>
    public BoundedText Append(string own) => Append(own, isForeign: false);

    public BoundedText Append(char own) => Append([own], isForeign: false);

    public BoundedText Append(ReadOnlySpan<char> characters, bool isForeign)
    {
        Reserve(characters.Length);
        if (isForeign)
            Mark(_text.Length, _text.Length + characters.Length);
        _text.Append(characters);
        return this;
    }

    /// <summary>Appends a character, or its escape sequence.</summary>
    public BoundedText Append(string? escape, ReadOnlySpan<char> character, bool isForeign) => Append(escape ?? character, isForeign);

    public BoundedText Append(TemplateString text)
    {
        Reserve(text.Length);
        foreach (Range foreign in text.ForeignRanges())
            Mark(_text.Length + foreign.Start.Value, _text.Length + foreign.End.Value);
        _text.Append(text.Text);
        return this;
    }

    /// <summary>Appends a single-character string several times.</summary>
    public BoundedText Append(TemplateString character, long count)
    {
        if (count <= 0)
            return this;
        Reserve(count);
        if (character.HasForeign)
            Mark(_text.Length, _text.Length + (int)count);
        _text.Append(character.Text[0], (int)count);
        return this;
    }

    public TemplateString ToText() => TemplateString.Marked(_text.ToString(), _foreign);

    private void Mark(int start, int end)
    {
        if (start == end)
            return;
        if (_foreign.Count > 0 && _foreign[^1].End.Value == start)
            _foreign[^1] = _foreign[^1].Start..end;
        else
            _foreign.Add(start..end);
    }

    private void Reserve(long characters)
    {
        run.Charge(characters);
        if (characters > run.Limits.OutputCharacters - _text.Length)
            throw run.Fail($"a text grows longer than {run.Limits.OutputCharacters} characters");
    }
}
