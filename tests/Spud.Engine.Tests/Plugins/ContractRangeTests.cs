using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class ContractRangeTests
{
    [Theory]
    [InlineData("[0.1,0.2)", "0.1", "0.0 0.2 1.0")]
    [InlineData("[0.1, 0.3)", "0.1 0.2", "0.3")]
    [InlineData("(0.1,0.3]", "0.2 0.3", "0.1 0.4")]
    [InlineData("[1.0,2.0)", "1.0 1.9", "0.9 2.0")]
    [InlineData("[0.4]", "0.4", "0.3 0.5")]
    [InlineData("[0.9,0.10]", "0.9 0.10", "0.8 0.11")]
    public void A_range_holds_the_versions_between_its_ends(string text, string inside, string outside)
    {
        Assert.True(ContractRange.TryParse(text, out ContractRange? range));
        Assert.All(inside.Split(' '), version => Assert.True(Contains(range, version), version));
        Assert.All(outside.Split(' '), version => Assert.False(Contains(range, version), version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.1")]
    [InlineData("[0.1")]
    [InlineData("[]")]
    [InlineData("[0.1,0.2,0.3)")]
    [InlineData("[0.2,0.1)")]
    [InlineData("[0.1,0.1)")]
    [InlineData("(0.1)")]
    [InlineData("[1,2)")]
    [InlineData("[0.1.0,0.2.0)")]
    [InlineData("[-1.0,0.2)")]
    [InlineData("[0.99999999999,1.0)")]
    [InlineData("[a.b,c.d)")]
    [InlineData(null)]
    public void Anything_else_is_no_range(string? text) => Assert.False(ContractRange.TryParse(text, out _));

    [Theory]
    [InlineData("[0.1,0.2)", "[0.1,0.2)")]
    [InlineData("( 0.1 , 1.0 ]", "(0.1,1.0]")]
    [InlineData("[0.4]", "[0.4]")]
    public void A_range_prints_as_a_manifest_writes_it(string text, string printed)
    {
        Assert.True(ContractRange.TryParse(text, out ContractRange? range));
        Assert.Equal(printed, range.ToString());
    }

    [Fact]
    public void A_range_below_a_version_tells_a_newer_host_from_an_older_one()
    {
        Assert.True(ContractRange.TryParse("[0.2,0.3)", out ContractRange? range));
        Assert.True(range.IsBelow(0, 3));
        Assert.False(range.IsBelow(0, 2));
        Assert.False(range.IsBelow(0, 1));
    }

    private static bool Contains(ContractRange range, string version)
    {
        Version parsed = Version.Parse(version);
        return range.Contains(parsed.Major, parsed.Minor);
    }
}
