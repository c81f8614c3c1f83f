using System.Runtime.InteropServices;
using Spud.Conformance.Fixtures;
using Spud.Models;

namespace Spud.Conformance;

/// <summary>A pack for a component that needs one (<c>build.Pack</c>): written to a temporary file for each model that the kit tests with.</summary>
public sealed class TestPack
{
    private readonly GgufWriter _file = new();

    /// <summary>Sets a string of the metadata.</summary>
    public TestPack Set(string key, string value)
    {
        _file.Set(key, value);
        return this;
    }

    /// <summary>Sets a number of the metadata.</summary>
    public TestPack Set(string key, float value)
    {
        _file.Set(key, value);
        return this;
    }

    /// <summary>Sets a number of the metadata, in double precision.</summary>
    public TestPack Set(string key, double value)
    {
        _file.Set(key, value);
        return this;
    }

    /// <summary>Adds a tensor of F32 whose values depend on its name alone: between -1/2 and 1/2, or between 1/2 and 3/2 where the name contains "norm" or "scale".</summary>
    /// <param name="name">As the component takes it.</param>
    /// <param name="shape">[.., out, in].</param>
    public TestPack Add(string name, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        int count = shape.Aggregate(1, static (product, axis) => product * axis);
        return Add(name, Samples.Of(name, count, name.Contains("norm") || name.Contains("scale") ? 1 : 0), shape);
    }

    /// <summary>Adds a tensor of F32.</summary>
    /// <param name="name">As the component takes it.</param>
    /// <param name="values">Row-major.</param>
    /// <param name="shape">[.., out, in].</param>
    public TestPack Add(string name, float[] values, params int[] shape)
    {
        _file.Add(name, ElementType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));
        return this;
    }

    /// <summary>Writes it for the model of a hash.</summary>
    internal void Save(string path, string modelHash)
    {
        _file.Set(PackFile.ModelKey, modelHash);
        _file.Save(path);
    }
}
