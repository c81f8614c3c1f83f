using Xunit;

namespace Drafter.Lookup.Tests;

/// <summary>The index finds what a search through the whole text finds.</summary>
public sealed class SuffixIndexTests
{
    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 4)]
    [InlineData(3, 5)]
    [InlineData(5, 2)]
    public void The_longest_end_is_found_while_a_text_grows_and_goes_back(int minMatch, int alphabet)
    {
        Random random = new(minMatch);
        SuffixIndex index = new(minMatch);
        List<int> text = [];
        for (int step = 0; step < 300; step++)
        {
            int left = random.Next(5) == 0 ? random.Next(text.Count + 1) : text.Count;
            text.RemoveRange(left, text.Count - left);
            index.Truncate(left);
            int[] more = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(alphabet))];
            text.AddRange(more);
            index.Append(more);
            Assert.Equal(text.Count, index.Count);
            Assert.Equal(Searched(text, minMatch), index.LongestEarlier());
        }
    }

    [Fact]
    public void A_text_longer_than_the_first_capacity_keeps_its_places()
    {
        SuffixIndex index = new(3);
        index.Append([.. Enumerable.Range(0, 1500)]);
        index.Append([.. Enumerable.Range(0, 1500)]);
        index.Append([7, 8, 9, 10]);
        Assert.Equal((4, 1511), index.LongestEarlier());
    }

    [Fact]
    public void A_text_of_one_repeated_token_is_searched_in_a_few_places()
    {
        SuffixIndex index = new(2);
        index.Append(new int[5000]);
        Assert.Equal((SuffixIndex.MaxMatch, 4999), index.LongestEarlier());
    }

    private static (int Length, int End) Searched(List<int> text, int minMatch)
    {
        (int Length, int End) best = (0, 0);
        for (int place = text.Count - 2; place >= 0; place--)
        {
            int same = 0;
            while (same <= place && same < SuffixIndex.MaxMatch && text[place - same] == text[^(same + 1)])
                same++;
            if (same >= minMatch && same > best.Length)
                best = (same, place + 1);
        }

        return best;
    }
}
