using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class Xoshiro256Tests
{
    // Reference: the first outputs of xoshiro256starstar.c from the state 1, 2, 3, 4.
    [Fact]
    public void It_gives_the_numbers_of_the_reference_implementation()
    {
        Xoshiro256 random = new(1, 2, 3, 4);
        ulong[] expected = [11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625, 8476171486693032832];
        Assert.Equal(expected, expected.Select(_ => random.Next()).ToArray());
    }

    // Reference: the first outputs of splitmix64.c from the seed 1234567.
    [Fact]
    public void Its_seeding_gives_the_numbers_of_the_reference_implementation()
    {
        ulong state = 1234567;
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, expected.Select(_ => Xoshiro256.SplitMix64(ref state)).ToArray());
    }

    [Fact]
    public void Doubles_lie_in_the_half_open_unit_interval_and_average_one_half()
    {
        Xoshiro256 random = new(0);
        double[] numbers = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];
        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - Math.Pow(2, -53)));
        Assert.Equal(0.5, numbers.Average(), 0.004); // more than four standard deviations
    }
}
