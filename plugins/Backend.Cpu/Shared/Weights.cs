using Spud;

namespace Backend.Cpu.Shared;

/// <summary>Takes weights at build.</summary>
internal static class Weights
{
    extension(IBuildContext build)
    {
        /// <summary>A small weight, expanded to f32 in the component's own memory; the file's pages are released.</summary>
        public TensorView TakeFloats(string name, params ReadOnlySpan<int> shape)
        {
            TensorView weight = build.Weights.Take(name, shape);
            TensorView floats = build.Allocate(build.Host, ElementType.F32, shape);
            build.Host.Copy(weight, floats);
            build.Weights.Release(weight);
            return floats;
        }

        /// <summary>The same if the condition holds, otherwise an absent view.</summary>
        public TensorView TakeFloatsIf(bool condition, string name, params ReadOnlySpan<int> shape) =>
            condition ? build.TakeFloats(name, shape) : default;
    }
}
