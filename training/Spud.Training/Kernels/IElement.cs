using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>A number type that matrices are multiplied in. Kernels compute in f32, sixteen numbers at a time, and load and store this type.</summary>
internal unsafe interface IElement<TSelf>
    where TSelf : unmanaged, IElement<TSelf>
{
    /// <summary>The corresponding libtorch type.</summary>
    static abstract ScalarType Type { get; }

    static abstract Vector512<float> Load(TSelf* source);

    static abstract void Store(TSelf* target, Vector512<float> values);
}
