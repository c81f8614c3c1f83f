using System.Reflection;

namespace Spud.Conformance.Discovery;

/// <summary>The components of one role: the test's parameters are a variant's label and, where there is a source, the name of a case.</summary>
/// <param name="role">The role.</param>
/// <param name="source">Null, or a type with a static method <c>IEnumerable&lt;string&gt; NamesFor(Subject)</c>.</param>
internal sealed class OfRoleAttribute(string role, Type? source = null) : CasesAttribute
{
    /// <inheritdoc/>
    protected override bool IsFor(Subject subject) => subject.Role == role;

    /// <inheritdoc/>
    protected override IEnumerable<object[]> ArgumentsFor(Subject subject)
    {
        if (source is null)
            return [[subject.Label]];

        // What was not loaded cannot say what it knows: one case stands for all.
        if (subject.FullName is null)
            return [[subject.Label, "all"]];

        MethodInfo names = source.GetMethod("NamesFor", BindingFlags.Static | BindingFlags.Public)!;
        return ((IEnumerable<string>)names.Invoke(null, [subject])!).Select(name => new object[] { subject.Label, name });
    }
}
