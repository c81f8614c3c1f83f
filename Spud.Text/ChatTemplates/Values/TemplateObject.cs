namespace Spud.Text.ChatTemplates;

/// <summary>A value with a fixed set of attributes that is neither list nor dictionary.</summary>
internal abstract class TemplateObject
{
    public abstract string TypeName { get; }

    /// <summary>An attribute's value, null if there is none of that name.</summary>
    public abstract object? Member(string name);
}

/// <summary>What <c>namespace()</c> gives: attributes that can be set from an inner scope.</summary>
internal sealed class TemplateNamespace : TemplateObject
{
    private readonly Dictionary<string, object> _members = [];

    public override string TypeName => "namespace";

    public override object? Member(string name) => _members.GetValueOrDefault(name);

    public void Set(string name, object value) => _members[name] = value;
}
