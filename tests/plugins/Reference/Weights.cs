using Spud;

namespace Reference;

/// <summary>Takes weights at build.</summary>
internal static class Weights
{
    extension(IBuildContext build)
    {
        /// <summary>A weight as F32 in a domain.</summary>
        public TensorView Take(IMemoryDomain domain, string name, params ReadOnlySpan<int> shape)
        {
            TensorView weight = build.Weights.Take(name, shape), floats = build.Allocate(domain, ElementType.F32, shape);
            domain.Copy(weight, floats);
            build.Weights.Release(weight);
            return floats;
        }

        /// <summary>The same where the condition holds, else an absent view.</summary>
        public TensorView TakeIf(bool condition, IMemoryDomain domain, string name, params ReadOnlySpan<int> shape) =>
            condition ? build.Take(domain, name, shape) : default;
    }

    /// <summary>Its numbers; none where it is absent.</summary>
    public static ReadOnlySpan<float> OrNone(in TensorView weight) => weight.IsPresent ? weight.Floats : default;
}
