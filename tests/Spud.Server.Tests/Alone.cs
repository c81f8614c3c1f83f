namespace Spud.Server.Tests;

/// <summary>Tests that look at the whole process, such as its meters, and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
