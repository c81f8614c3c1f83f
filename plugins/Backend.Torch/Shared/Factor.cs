using TorchSharp;

namespace Backend.Torch.Shared;

/// <summary>A constant of a layer, as C# and as libtorch have it: a scalar made in a step would be one more object to free.</summary>
internal sealed class Factor(float value) : IDisposable
{
    /// <summary>For every use of 1: an overload without it makes one each time.</summary>
    public static Factor One { get; } = new(1);

    public float Value => value;

    public Scalar Scalar { get; } = value;

    public void Dispose() => Scalar.Dispose();
}
