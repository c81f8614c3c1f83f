using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class PortableExpTests
{
    [Fact]
    public void It_is_within_1e_15_of_the_library_function()
    {
        Random random = new(1);
        for (int i = 0; i < 200_000; i++)
        {
            double x = i % 2 == 0 ? -708 * random.NextDouble() : -Math.Pow(10, (30 * random.NextDouble()) - 28);
            double expected = x < -708 ? 0 : Math.Exp(x);
            double got = Exp(x);
            Assert.True(Math.Abs(got - expected) <= 1e-15 * expected, $"exp({x:R}): expected {expected:R}, got {got:R}");
        }
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(-708.1, 0.0)]
    [InlineData(-1e300, 0.0)]
    [InlineData(double.NegativeInfinity, 0.0)]
    public void The_ends_are_exact(double x, double expected) => Assert.Equal(expected, Exp(x));

    [Fact]
    public void A_value_has_the_same_bits_wherever_it_stands()
    {
        Random random = new(2);
        for (int length = 1; length <= 40; length++)
        {
            double[] x = [.. Enumerable.Range(0, length).Select(_ => -50 * random.NextDouble())];
            double[] alone = [.. x.Select(Exp)];
            PortableExp.InPlace(x);
            Assert.Equal(alone, x);
        }
    }

    [Fact]
    public void The_sum_covers_every_logit_at_every_length()
    {
        Random random = new(3);
        for (int length = 1; length <= 600; length++)
        {
            float[] logits = RandomLogits.Make(random, length, length % 2 == 0 ? 0 : 5);
            float max = logits.Max();
            double expected = logits.Sum(logit => Math.Exp((double)logit - max));
            Assert.Equal(expected, PortableExp.Sum(logits, max), 1e-12 * expected);
        }
    }

    private static double Exp(double x)
    {
        double[] one = [x];
        PortableExp.InPlace(one);
        return one[0];
    }
}
