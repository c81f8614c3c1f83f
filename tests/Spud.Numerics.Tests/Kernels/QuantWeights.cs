using Spud.Numerics.Blocks;

namespace Spud.Numerics.Tests.Kernels;

/// <summary>Rows of quantised weights cut from the committed blocks of tests/data/dequant, and their values.</summary>
internal sealed class QuantWeights
{
    public QuantWeights(int type, int outputs, int k)
    {
        BlockFormat format = BlockFormat.Of(type);
        byte[] source = TestData.Bytes($"dequant/{format.Name.ToLowerInvariant()}.bin");
        int blocks = outputs * k / format.Elements, available = source.Length / format.Bytes;
        Bytes = new byte[blocks * format.Bytes];
        var random = new Random(type);
        for (int block = 0; block < blocks; block++)
        {
            source.AsSpan(random.Next(available) * format.Bytes, format.Bytes).CopyTo(Bytes.AsSpan(block * format.Bytes));
        }

        Values = new float[outputs * k];
        Expansion.ToF32(type, Bytes, Values);
    }

    public byte[] Bytes { get; }

    public float[] Values { get; }
}
