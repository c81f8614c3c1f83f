using Spud.Evaluation.Comparison;
using Xunit;

namespace Spud.Tests.Comparison;

/// <summary>The envelope of dense models, against values computed by hand.</summary>
public sealed class EnvelopeTests
{
    // Compute 1, 4 and 16: the logarithms are as far apart as 0, 1 and 2.
    private static readonly (double Units, double Loss)[] Dense = [(1, 3), (4, 2.5), (16, 2.25)];

    [Theory]
    [InlineData(3, 1, Bound.Exact)]
    [InlineData(2.75, 2, Bound.Exact)]
    [InlineData(2.5, 4, Bound.Exact)]
    [InlineData(2.375, 8, Bound.Exact)]
    [InlineData(2.25, 16, Bound.Exact)]
    [InlineData(3.1, 1, Bound.AtMost)]
    [InlineData(2.2, 16, Bound.AtLeast)]
    public void Between_dense_models_the_logarithm_of_compute_is_interpolated_and_beyond_them_nothing_is(double loss, double units, Bound bound)
    {
        BoundedValue needed = new DenseEnvelope(Dense.Select(point => new DensePoint(point.Units, point.Loss, 1))).UnitsFor(loss);
        Assert.Equal((units, bound), (Math.Round(needed.Value, 12), needed.Bound));
    }

    [Fact]
    public void A_dense_model_above_the_line_of_its_neighbours_or_worse_than_a_cheaper_one_flatters_nobody()
    {
        (double Units, double Loss)[] badlyTuned = [(4, 2.8), (32, 2.25), (2, 3.5)];
        DenseEnvelope envelope = new(badlyTuned.Concat([(1, 3), (16, 2.25)]).Select(point => new DensePoint(point.Units, point.Loss, 1)));
        Assert.Equal([1.0, 16.0], envelope.Corners.Select(corner => corner.Units));
        Assert.Equal(4, envelope.UnitsFor(2.625).Value, 1e-12);
    }

    [Fact]
    public void The_interval_over_seeds_is_read_off_both_sides_of_the_loss()
    {
        // Dense: 1 and 16 once, 4 with losses 2.49 and 2.51; the mixture 2.365, 2.375 and 2.385, on average halfway between 4 and 16.
        (double, double)[] measured = [(1, 3), (4, 2.49), (4, 2.51), (16, 2.25), (2, 2.365), (2, 2.375), (2, 2.385)];
        EnvelopeResult envelope = EnvelopeSummary.Of([([0], true), ([1, 2], true), ([3], true), ([4, 5, 6], false)], measured)!;
        // Squares: 2 of 0.01 from the dense pair, 2 of 0.01 from the mixture, over 1 + 2 degrees of freedom.
        Assert.Equal(3, envelope.DegreesOfFreedom);
        Assert.Equal(Math.Sqrt(4e-4 / 3), envelope.SeedDeviation!.Value, 1e-12);
        ModelFigures mixture = envelope.Models[3];
        double[] figures = [mixture.ComputeUnitsPerToken, mixture.MeanLoss, mixture.DenseComputeUnits!.Value.Value, mixture.DenseComputeUnits.Ratio.Value];
        Assert.Equal([2, 2.375, 8, 4], figures.Select(figure => Math.Round(figure, 9)));
        // The mixture's mean of three, and halfway between a mean of two and one: 1/3 + 1/4 * 1/2 + 1/4 = 17/24. Student, 3 degrees: 3.182446.
        double off = 3.182446 * Math.Sqrt(4e-4 / 3) * Math.Sqrt(17.0 / 24);
        // 0.25 nats for a factor of 4.
        Assert.Equal(8 * Math.Pow(4, -off / 0.25), mixture.DenseComputeUnits.Low!.Value.Value, 1e-5);
        Assert.Equal(8 * Math.Pow(4, off / 0.25), mixture.DenseComputeUnits.High!.Value.Value, 1e-5);
        Assert.All(envelope.Models.Take(3), model => Assert.True(model is { IsDense: true, IsOnEnvelope: true, DenseComputeUnits: null }));
    }

    [Fact]
    public void One_seed_of_each_has_no_interval_and_better_than_the_widest_is_at_least()
    {
        EnvelopeResult envelope = EnvelopeSummary.Of([([0], true), ([1], true), ([2], false)], [(1, 3), (4, 2.5), (2, 2.4)])!;
        Assert.Equal(new DenseCompute(new(4, Bound.AtLeast), null, null, new(2, Bound.AtLeast)), envelope.Models[2].DenseComputeUnits);
        Assert.Null(envelope.SeedDeviation);
    }

    [Fact]
    public void Without_a_dense_model_or_a_finite_loss_there_is_no_envelope()
    {
        Assert.Null(EnvelopeSummary.Of([([0], false), ([1], false)], [(1, 3), (4, 2.5)]));
        Assert.Null(EnvelopeSummary.Of([([0], true), ([1], false)], [(1, 3), (4, double.NaN)]));
    }

    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.30265)]
    [InlineData(3, 3.18245)]
    [InlineData(4, 2.77645)]
    [InlineData(5, 2.57058)]
    [InlineData(30, 2.04227)]
    [InlineData(1000, 1.96234)]
    public void Student_s_quantiles_are_those_of_the_tables(int freedom, double quantile) => Assert.Equal(quantile, StudentT.Quantile(0.975, freedom), quantile * 1e-5);
}
