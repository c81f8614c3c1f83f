namespace Spud.Conformance.Discovery;

/// <summary>The components that compute outside the host's memory, or those of a role: the test's parameters are role and label.</summary>
/// <param name="role">The role; null: any.</param>
internal sealed class OfDevicesAttribute(string? role = null) : CasesAttribute
{
    /// <inheritdoc/>
    protected override bool IsFor(Subject subject) => (role is null || subject.Role == role) && subject.ComputesElsewhere;

    /// <inheritdoc/>
    protected override IEnumerable<object[]> ArgumentsFor(Subject subject) => [[subject.Role, subject.Label]];
}
