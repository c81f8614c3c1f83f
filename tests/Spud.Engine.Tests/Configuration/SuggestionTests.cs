using Spud.Models.Messages;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("bitz", "bits")]
    [InlineData("BITS", "bits")]
    [InlineData("bist", "bits")]
    [InlineData("keeprecent", "keepRecent")]
    [InlineData("keepRecnt", "keepRecent")]
    [InlineData("vlaues", "values")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_what_was_probably_meant(string name, string? nearest) =>
        Assert.Equal(nearest, Suggestion.For(name, ["keys", "values", "keepRecent", "bits"]));

    [Fact]
    public void A_name_of_a_megabyte_is_near_to_nothing() => Assert.Null(Suggestion.For(new string('a', 1 << 20), ["a"]));
}
