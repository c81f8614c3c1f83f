using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>x w / sqrt(mean x^2 + epsilon) over the last axis.</summary>
/// <param name="weight">Owned from now on.</param>
/// <param name="epsilon">Added to the mean.</param>
internal sealed class RmsNorm(Tensor weight, float epsilon) : IDisposable
{
    private static readonly long[] s_last = [-1];
    private readonly Scalar _epsilon = epsilon;

    public Tensor Of(Tensor x)
    {
        using Tensor squares = x.mul(x), scale = squares.mean(s_last, keepdim: true);
        scale.add_(_epsilon, Factor.One.Scalar);
        scale.rsqrt_();
        Tensor normed = x.mul(scale);
        normed.mul_(weight);
        return normed;
    }

    public void Dispose()
    {
        weight.Dispose();
        _epsilon.Dispose();
    }
}
