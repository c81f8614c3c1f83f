namespace Spud.Text.ChatTemplates;

/// <summary>The evaluated arguments of a call.</summary>
internal sealed class CallArguments(IReadOnlyList<object> positional, IReadOnlyList<(string Name, object Value)> named)
{
    public static CallArguments Empty { get; } = new([], []);

    public IReadOnlyList<object> Positional { get; } = positional;

    public IReadOnlyList<(string Name, object Value)> Named { get; } = named;

    /// <summary>The arguments after the first <paramref name="count"/> positional ones.</summary>
    public CallArguments After(int count) => new([.. Positional.Skip(count)], Named);

    public object? FindNamed(string name)
    {
        foreach ((string candidate, object value) in Named)
        {
            if (candidate == name)
                return value;
        }

        return null;
    }
}
