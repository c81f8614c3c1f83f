using Spud;
using Spud.Conformance.Fixtures;

namespace Drafter.Heads.Tests;

/// <summary>A pack in memory.</summary>
/// <param name="build">Holds its tensors.</param>
internal sealed class MemoryPack(TestBuild build) : IPack
{
    private readonly Dictionary<string, float[]> _tensors = [];

    public Dictionary<string, double> Numbers { get; } = [];

    public float[] this[string name]
    {
        set => _tensors[name] = value;
    }

    public string? Text(string key) => null;

    public double? Number(string key) => Numbers.TryGetValue(key, out double number) ? number : null;

    public TensorView Take(string name, params ReadOnlySpan<int> shape) =>
        _tensors.TryGetValue(name, out float[]? values) ? build.Floats(values, shape) : throw new RefusedException($"there is no tensor '{name}'");

    public void Release(in TensorView weight) => throw new NotSupportedException();
}
