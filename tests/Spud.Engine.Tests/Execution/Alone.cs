using Xunit;

namespace Spud.Tests.Execution;

/// <summary>Tests that measure the process (its allocations, its processor time) and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
