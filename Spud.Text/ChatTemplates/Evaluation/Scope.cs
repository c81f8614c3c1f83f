namespace Spud.Text.ChatTemplates;

/// <summary>Variables by name. An assignment affects only the current scope; a look-up continues in outer scopes.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object> _variables = [];

    public object? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out object? value))
                return value;
        }

        return null;
    }

    private Scope? Outer { get; } = outer;

    public void Set(string name, object value) => _variables[name] = value;
}
