using System.Globalization;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Configuration;

public sealed class LayerSetTests
{
    [Theory]
    [InlineData("0-3", "0 1 2 3", "4 5 1000", 3)]
    [InlineData("0,2,5-7", "0 2 5 6 7", "1 3 4 8", 7)]
    [InlineData("4-", "4 5 1000", "0 3", 4)]
    [InlineData("7", "7", "6 8", 7)]
    [InlineData(" 5 - 7 , 0-1, 1-2 ", "0 1 2 5 7", "3 4 8", 7)]
    [InlineData("0-,3", "0 1 3 9", "", 0)]
    [InlineData("5-,1", "1 5 6", "0 2 4", 5)]
    public void Layers_are_numbers_and_ranges(string text, string inside, string outside, int highest)
    {
        Assert.True(LayerSet.TryParse(text, out LayerSet? layers));
        Assert.All(inside.Split(' '), layer => Assert.True(layers.Contains(int.Parse(layer, CultureInfo.InvariantCulture)), layer));
        Assert.All(outside.Split(' ', StringSplitOptions.RemoveEmptyEntries), layer => Assert.False(layers.Contains(int.Parse(layer, CultureInfo.InvariantCulture)), layer));
        Assert.Equal((highest, text), (layers.HighestNamed, layers.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-3")]
    [InlineData("3-1")]
    [InlineData("1--2")]
    [InlineData("0,,1")]
    [InlineData("0,")]
    [InlineData("1024")]
    [InlineData("99999999999")]
    [InlineData("+1")]
    public void Anything_else_is_none(string text) => Assert.False(LayerSet.TryParse(text, out _));
}
