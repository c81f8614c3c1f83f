using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>Tests that look at the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}
