using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>One parameter as used by a layer: its value, and its gradient's accumulator.</summary>
internal sealed class Weight<TE> : IDisposable
    where TE : unmanaged, IElement<TE>
{
    public Weight(ParameterSet parameters, string name)
    {
        Exact = parameters.View(name, parameters.Values);
        Value = parameters.View(name, TE.Type == ScalarType.Float32 ? parameters.Values : parameters.Halves);
        Gradient = parameters.View(name, parameters.Gradients);
    }

    private Weight(Tensor exact, Tensor value, Tensor gradient) => (Exact, Value, Gradient) = (exact, value, gradient);

    /// <summary>In f32.</summary>
    public Tensor Exact { get; }

    /// <summary>Value in the type of the products.</summary>
    public Tensor Value { get; }

    /// <summary>In f32.</summary>
    public Tensor Gradient { get; }

    /// <summary>A slice of the first axis: one expert.</summary>
    public Weight<TE> Part(int index) => new(Exact.select(0, index), Value.select(0, index), Gradient.select(0, index));

    /// <summary>Adds the result of a product.</summary>
    public void AddGradient(Tensor gradient) => Elementwise.Add<TE>(Gradient, gradient, Gradient);

    public void Dispose()
    {
        Exact.Dispose();
        Value.Dispose();
        Gradient.Dispose();
    }
}
