using Xunit.Sdk;
using Xunit.v3;

namespace Spud.Conformance.Discovery;

/// <summary>Leaves out theories without cases.</summary>
public sealed class ContractTheoryDiscoverer : TheoryDiscoverer
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        ArgumentNullException.ThrowIfNull(testMethod);
        return testMethod.DataAttributes.OfType<CasesAttribute>().Any(cases => cases.AnyFor(testMethod.TestClass.Class))
            ? base.Discover(discoveryOptions, testMethod, factAttribute)
            : new([]);
    }
}
