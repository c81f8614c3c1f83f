using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Spud.Conformance.Discovery;

/// <summary>A theory that is left out if the plugin has no component for it: a router plugin has no tests of attention.</summary>
[XunitTestCaseDiscoverer(typeof(ContractTheoryDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : TheoryAttribute(file, line);
