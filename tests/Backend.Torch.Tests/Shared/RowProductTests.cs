using Backend.Torch.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using TorchSharp;
using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>One row times weights, in parts on the pipeline's threads.</summary>
public sealed class RowProductTests
{
    [Theory]
    [InlineData(1000, 600)]
    [InlineData(4100, 512)]
    public void ThePartsAreTheWholeOnAnyNumberOfThreads(int outputs, int inputs)
    {
        Libtorch.Require();
        double[]? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using TestBuild build = new(new TestModel().Describe(), threads: threads);
            TensorView weights = build.Floats(Samples.Of("weights", outputs * inputs), outputs, inputs), row = build.Floats(Samples.Of("row", inputs), 1, inputs);
            using torch.Tensor weight = Torch.Native.ForeignMemory.Tensor(weights), x = Torch.Native.ForeignMemory.Tensor(row), transposed = weight.t();
            using RowProduct product = RowProduct.Of(weight, transposed, build.Pool)!;
            using torch.Tensor output = torch.full(1, outputs, float.NaN, torch.ScalarType.Float32);
            product.Into(output, x, beta: 0, alpha: 1);
            product.Into(output, x, beta: 1, alpha: 0.5f);
            double[] got = [.. output.data<float>().ToArray().Select(value => (double)value)];
            double[] expected = [.. Enumerable.Range(0, outputs).Select(i => 1.5 * Dot(weights.At(i).AsSpan<float>(), row.AsSpan<float>()))];
            Compare.Near(expected, [.. got.Select(value => (float)value)], Compare.F32);
            Assert.Equal(first ??= got, got);
        }
    }

    [Fact]
    public void SmallWeightsAreNotShared()
    {
        Libtorch.Require();
        using TestBuild build = new(new TestModel().Describe());
        using torch.Tensor weight = torch.zeros(64, 64), transposed = weight.t();
        Assert.Null(RowProduct.Of(weight, transposed, build.Pool));
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];

        return sum;
    }
}
