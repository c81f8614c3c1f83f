using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>A text that grows within the run's limits.</summary>
internal sealed class BoundedText(TemplateRun run)
{
    private readonly StringBuilder _text = new();

    public TemplateRun Run => run;

    public BoundedText Append(string text)
    {
        Reserve(text.Length);
        _text.Append(text);
        return this;
    }

    public BoundedText Append(char c)
    {
        Reserve(1);
        _text.Append(c);
        return this;
    }

    public BoundedText Append(char c, long count)
    {
        if (count <= 0)
            return this;
        Reserve(count);
        _text.Append(c, (int)count);
        return this;
    }

    public override string ToString() => _text.ToString();

    private void Reserve(long characters)
    {
        run.Charge(characters);
        if (characters > run.Limits.OutputCharacters - _text.Length)
            throw run.Fail($"a text grows longer than {run.Limits.OutputCharacters} characters");
    }
}
