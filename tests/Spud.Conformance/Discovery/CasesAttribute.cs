using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Spud.Conformance.Discovery;

/// <summary>The cases of a test: one for each variant of each component of some roles, or several.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal abstract class CasesAttribute : DataAttribute
{
    /// <summary>Whether there are any for a contract class.</summary>
    public bool AnyFor(Type contract) => Rows(contract).Any();

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Rows(testMethod.ReflectedType!)]); // of an inherited test this is the class that is run

    /// <summary>The test's arguments for a component, one or more times.</summary>
    protected abstract IEnumerable<object[]> ArgumentsFor(Subject subject);

    /// <summary>Whether the test is for components of the role.</summary>
    protected abstract bool IsFor(Subject subject);

    private IEnumerable<ITheoryDataRow> Rows(Type contract) =>
        from subject in PluginUnderTest.Of(contract).Subjects
        where IsFor(subject)
        from arguments in ArgumentsFor(subject)
        select new TheoryDataRow(arguments) { Skip = subject.SkipReason };
}
