using Backend.Torch.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using TorchSharp;
using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>Rows times weights, in parts on the pipeline's threads.</summary>
public sealed class PartProductTests
{
    [Theory]
    [InlineData(1, 1000, 600)]
    [InlineData(5, 1000, 600)]
    [InlineData(70, 1000, 600)]
    [InlineData(1, 4100, 512)]
    [InlineData(3, 40, 64)]
    public void ThePartsAreTheWholeOnAnyNumberOfThreads(int rows, int outputs, int inputs)
    {
        Libtorch.Require();
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using TestBuild build = new(new TestModel().Describe(), threads: threads);
            TensorView weights = build.Floats(Samples.Of("weights", outputs * inputs), outputs, inputs), input = build.Floats(Samples.Of("rows", rows * inputs), rows, inputs);
            using torch.Tensor weight = Torch.Native.ForeignMemory.Tensor(weights), x = Torch.Native.ForeignMemory.Tensor(input), transposed = weight.t();
            using PartProduct product = new(transposed, build.Pool);
            using torch.Tensor output = torch.full(rows, outputs, float.NaN, torch.ScalarType.Float32);
            product.Into(output, x, beta: 0, alpha: 1);
            product.Into(output, x, beta: 1, alpha: 0.5f);
            float[] got = output.data<float>().ToArray();
            double[] expected = [.. Enumerable.Range(0, rows * outputs).Select(i => 1.5 * Dot(weights.At(i % outputs).AsSpan<float>(), input.At(i / outputs).AsSpan<float>()))];
            Compare.Near(expected, got, Compare.F32);
            Assert.Equal(first ??= got, got);
        }
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];

        return sum;
    }
}
