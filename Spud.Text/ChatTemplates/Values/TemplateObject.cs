namespace Spud.Text.ChatTemplates;

/// <summary>A value with a fixed set of attributes that is neither a list nor a dictionary.</summary>
internal abstract class TemplateObject
{
    public abstract string TypeName { get; }

    /// <summary>An attribute's value, null if there is none with that name.</summary>
    public abstract object? Member(string name);
}

/// <summary>The result of <c>namespace()</c>: attributes that can be set from an inner scope.</summary>
internal sealed class TemplateNamespace : TemplateObject
{
    private readonly Dictionary<string, object> _members = [];

    public override string TypeName => "namespace";

    public override object? Member(string name) => _members.GetValueOrDefault(name);

    public void Set(string name, object value) => _members[name] = value;
}
