namespace Spud.Conformance.Discovery;

/// <summary>The components of several roles: the test's parameters are role and label.</summary>
/// <param name="roles">The roles.</param>
internal sealed class OfRolesAttribute(params string[] roles) : CasesAttribute
{
    /// <inheritdoc/>
    protected override bool IsFor(Subject subject) => roles.Contains(subject.Role);

    /// <inheritdoc/>
    protected override IEnumerable<object[]> ArgumentsFor(Subject subject) => [[subject.Role, subject.Label]];
}
