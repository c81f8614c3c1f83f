using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>Maps the contract's element types to libtorch's.</summary>
internal static class ElementTypes
{
    extension(ElementType type)
    {
        /// <summary>The type that libtorch computes with.</summary>
        /// <exception cref="ArgumentException">libtorch has no such type.</exception>
        public ScalarType Scalar => type switch
        {
            ElementType.F32 => ScalarType.Float32,
            ElementType.F16 => ScalarType.Float16,
            ElementType.BF16 => ScalarType.BFloat16,
            ElementType.I32 => ScalarType.Int32,
            ElementType.I8 => ScalarType.Int8,
            _ => throw new ArgumentException($"libtorch does not compute in {type}.", nameof(type)),
        };
    }
}
