using Spud.Configuration;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Discovery;

/// <summary>The components of all roles with the families of models: the test's parameters are role, label and family. A dense model has no router.</summary>
internal sealed class OfFamiliesAttribute : CasesAttribute
{
    /// <inheritdoc/>
    protected override bool IsFor(Subject subject) => Roles.All.Contains(subject.Role);

    /// <inheritdoc/>
    protected override IEnumerable<object[]> ArgumentsFor(Subject subject) =>
        FamilyModel.All.Where(family => family.IsMixture || subject.Role != Roles.Router).Select(family => new object[] { subject.Role, subject.Label, family.Name });
}
