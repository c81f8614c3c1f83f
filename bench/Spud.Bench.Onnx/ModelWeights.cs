using Spud.Models;
using Spud.Numerics.Blocks;

namespace Spud.Bench.Onnx;

/// <summary>The weights of a file as f32.</summary>
internal static unsafe class ModelWeights
{
    /// <summary>A tensor as it is.</summary>
    public static float[] Read(GgufFile file, string name)
    {
        if (!file.TryGetTensor(name, out GgufTensor? tensor))
            throw new ModelFileException($"{file.Path}: the model has no tensor '{name}'");

        float[] values = new float[tensor.Shape.Aggregate(1, static (product, length) => product * length)];
        fixed (float* to = values)
            Expansion.ToF32((int)tensor.Type, (byte*)file.AddressOf(tensor), to, values.Length);
        return values;
    }

    /// <summary>A matrix [N, K] as [K, N], which MatMul wants.</summary>
    public static (float[] Values, int Inputs, int Outputs) Transposed(GgufFile file, string name)
    {
        float[] values = Read(file, name), turned = new float[values.Length];
        file.TryGetTensor(name, out GgufTensor? tensor);
        (int n, int k) = (tensor!.Shape[0], tensor.Shape[1]);
        for (int row = 0; row < n; row++)
            for (int i = 0; i < k; i++)
                turned[i * n + row] = values[row * k + i];
        return (turned, k, n);
    }

    /// <summary>Bytes of numbers.</summary>
    public static byte[] Bytes(float[] values)
    {
        byte[] bytes = new byte[checked(values.Length * sizeof(float))];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
