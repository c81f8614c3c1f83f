using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>x w / sqrt(mean x^2 + epsilon) over the last axis.</summary>
/// <param name="weight">Ownership is taken.</param>
/// <param name="epsilon">Added to the mean.</param>
internal sealed class RmsNorm(Tensor weight, float epsilon) : IDisposable
{
    private static readonly long[] s_last = [-1];
    // Adding a number as a tensor costs a quarter of adding one that libtorch must wrap first, and a sum a third of a mean.
    private readonly Tensor _epsilon = tensor(epsilon);
    private readonly Factor _share = new(1f / weight.size(-1));

    public Tensor Of(Tensor x)
    {
        using Tensor squares = x.mul(x), sums = squares.sum(s_last, keepdim: true), scale = _epsilon.add(sums, _share.Scalar);
        scale.rsqrt_();
        Tensor normed = x.mul(scale);
        normed.mul_(weight);
        return normed;
    }

    public void Dispose()
    {
        weight.Dispose();
        _epsilon.Dispose();
        _share.Dispose();
    }
}
