using Spud.Execution;
using Spud.Models;
using Spud.Models.Families;

namespace Spud.Bench.Torch;

/// <summary>A model file on one side, a file of plain numbers on the other.</summary>
internal sealed class WeightDump : IDisposable
{
    private readonly GgufFile _file;
    private readonly ComponentWeights _weights;
    private readonly HostDomain _host = new();
    private readonly FileStream _output;

    public WeightDump(string model, string output)
    {
        _file = GgufFile.Open(model);
        (ModelDescription description, WeightCatalog catalog) = ModelReader.Read(_file);
        Model = description;
        _weights = new ComponentWeights(catalog, _host);
        _output = File.Create(output);
    }

    public ModelDescription Model { get; }

    public void Write(ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
            _output.Write(BitConverter.GetBytes(number));
    }

    public void Write(ReadOnlySpan<float> numbers)
    {
        foreach (float number in numbers)
            _output.Write(BitConverter.GetBytes(number));
    }

    /// <summary>Writes a weight in f32.</summary>
    public void Write(string name, params ReadOnlySpan<int> shape)
    {
        TensorView weight = _weights.Take(name, shape);
        long bytes = weight.Elements * sizeof(float);
        TensorView exact = new(_host, _host.Allocate(bytes), ElementType.F32, shape);
        _host.Copy(weight, exact);
        _output.Write(exact.AsSpan<byte>());
        _host.Free(exact.Address, bytes);
    }

    public void Dispose()
    {
        _output.Dispose();
        _file.Dispose();
    }
}
