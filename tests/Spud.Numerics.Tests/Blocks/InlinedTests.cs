using Xunit;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>A call per block, or per register, would cost more than the work.</summary>
public sealed class InlinedTests
{
    [Fact]
    public void ExpandingCallsNothing()
    {
        Dictionary<string, List<string>> methods = Disassembly.Calls(
            "*Expansion:Blocks *Expansion:Registers", "*.RandomBlockTests.RandomBlocksEqualTheOracle");
        Assert.True(methods.Count >= 30, $"Only {methods.Count} methods were printed: {string.Join(' ', methods.Keys)}");
        Assert.All(methods, method => Assert.Empty(method.Value));
    }

    [Fact]
    public void RoundingToNumbersCallsNothing()
    {
        Dictionary<string, List<string>> methods = Disassembly.Calls("*Rounding:Registers", "*.RoundingTests.MakesTheBlocksOfLlamaCpp");
        Assert.True(methods.Count >= 4, $"Only {methods.Count} methods were printed: {string.Join(' ', methods.Keys)}");
        Assert.All(methods, method => Assert.Empty(method.Value));
    }
}
