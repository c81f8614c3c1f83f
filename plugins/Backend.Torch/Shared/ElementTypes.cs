using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>The contract's element types as libtorch's.</summary>
internal static class ElementTypes
{
    extension(ElementType type)
    {
        /// <summary>The type that libtorch computes in.</summary>
        /// <exception cref="ArgumentException">It has none.</exception>
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
