using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>Tests that look at the whole process: no other test runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}
