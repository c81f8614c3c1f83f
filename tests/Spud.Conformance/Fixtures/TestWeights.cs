using System.Runtime.InteropServices;

namespace Spud.Conformance.Fixtures;

/// <summary>
/// Random weights of every type. What the host encodes is encoded; of the other block formats the bytes are random, but for the scales,
/// which are chosen so that the numbers are about as large as the others'.
/// </summary>
internal static class TestWeights
{
    /// <summary>
    /// Formats whose bytes are made up, with the places of their f16 numbers in a block and how large they are: the second one, the
    /// minimum, such that the numbers are centred about zero, as weights are.
    /// </summary>
    private static readonly Dictionary<ElementType, (int Place, float Number)[]> s_madeUp = new()
    {
        [ElementType.Q4_1] = [(0, 0.06f), (2, -7.5f * 0.06f)],
        [ElementType.Q5_0] = [(0, 0.03f)],
        [ElementType.Q5_1] = [(0, 0.03f), (2, -15.5f * 0.03f)],
        [ElementType.Q2_K] = [(80, 0.02f), (82, 1.5f * 0.02f)],
        [ElementType.Q3_K] = [(108, 0.004f)],
        [ElementType.Q4_K] = [(0, 0.001f), (2, 7.5f * 0.001f)],
        [ElementType.Q5_K] = [(0, 0.0005f), (2, 15.5f * 0.0005f)],
        [ElementType.Q6_K] = [(208, 0.0001f)],
        [ElementType.IQ4_NL] = [(0, 0.004f)],
        [ElementType.MXFP4] = [],
    };

    /// <summary>Types that matrices are tested in.</summary>
    public static IEnumerable<ElementType> Types =>
        [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0, .. s_madeUp.Keys];

    /// <summary>Fills a weight of the host's memory with numbers that depend on its name alone.</summary>
    public static void Fill(IMemoryDomain host, string name, in TensorView weight)
    {
        if (s_madeUp.TryGetValue(weight.Type, out (int Place, float Number)[]? scales))
        {
            MakeUp(name, weight, scales);
            return;
        }

        nint block = host.Allocate(ElementType.F32.BytesOf(weight.Elements));
        TensorView exact = new(host, block, ElementType.F32, weight.Shape);
        Samples.Of(name, checked((int)weight.Elements), name.Contains("norm") ? 1 : 0).CopyTo(exact.AsSpan<float>());
        host.Copy(exact, weight);
        host.Free(block, exact.Bytes);
    }

    private static void MakeUp(string name, in TensorView weight, (int Place, float Number)[] scales)
    {
        Span<byte> bytes = weight.AsSpan<byte>();
        Random random = new(Samples.SeedOf(name));
        random.NextBytes(bytes);
        for (int at = 0; at < bytes.Length; at += weight.Type.BlockBytes)
        {
            float factor = 0.75f + random.NextSingle() / 2;
            foreach ((int place, float number) in scales)
                MemoryMarshal.Write(bytes[(at + place)..], (Half)(number * factor));
            if (weight.Type == ElementType.MXFP4)
                bytes[at] = (byte)(123 + random.Next(2)); // 2^(e - 127)
        }
    }
}
