using TorchSharp;

namespace Backend.Torch.Shared;

/// <summary>A constant of a layer, for C# and for libtorch: a scalar created in a step would be one more object to dispose.</summary>
internal sealed class Factor(float value) : IDisposable
{
    /// <summary>Shared constant 1: an overload without it creates one each time.</summary>
    public static Factor One { get; } = new(1);

    public float Value => value;

    public Scalar Scalar { get; } = value;

    public void Dispose() => Scalar.Dispose();
}
