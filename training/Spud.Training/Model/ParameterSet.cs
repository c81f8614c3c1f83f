using Spud.Training.Data;
using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>
/// All trained tensors end to end: values in f32 and again in bf16, gradients and the optimizer's moments. Each is one block, so that the
/// optimizer and checkpoints process it at once.
/// </summary>
internal sealed class ParameterSet : IDisposable
{
    private readonly Dictionary<string, (Parameter Parameter, long Offset)> _places = [];

    public ParameterSet(IEnumerable<Parameter> parameters)
    {
        long count = 0;
        foreach (Parameter parameter in parameters)
        {
            _places.Add(parameter.Name, (parameter, count));
            count += parameter.Count;
        }

        (Values, Gradients) = (zeros(count), zeros(count));
        (FirstMoments, SecondMoments) = (zeros(count), zeros(count));
        Halves = zeros(count, ScalarType.BFloat16);
    }

    /// <summary>In the order of the blocks.</summary>
    public IEnumerable<(Parameter Parameter, long Offset)> All => _places.Values.OrderBy(static place => place.Offset);

    public Tensor Values { get; }

    public Tensor Halves { get; }

    public Tensor Gradients { get; }

    public Tensor FirstMoments { get; }

    public Tensor SecondMoments { get; }

    /// <summary>A part of one of the blocks, in the parameter's shape.</summary>
    public Tensor View(string name, Tensor block)
    {
        (Parameter parameter, long offset) = _places[name];
        using Tensor part = block.narrow(0, offset, parameter.Count);
        return part.view(parameter.Shape);
    }

    /// <summary>Initialises parameters with normal random values, or 1.</summary>
    public void Initialise(ulong seed)
    {
        NormalNumbers random = new(seed);
        Span<float> values = TensorMemory.Span<float>(Values);
        foreach ((Parameter parameter, long offset) in All)
        {
            foreach (ref float value in values.Slice((int)offset, (int)parameter.Count))
                value = parameter.Deviation == 0 ? 1 : (float)(parameter.Deviation * random.Next());
        }

        RefreshHalves();
    }

    /// <summary>Updates the bf16 copy from the values.</summary>
    public void RefreshHalves() => Elementwise.Convert<Bf16>(Values, Halves);

    public void Dispose()
    {
        foreach (Tensor block in (Tensor[])[Values, Halves, Gradients, FirstMoments, SecondMoments])
            block.Dispose();
    }
}
