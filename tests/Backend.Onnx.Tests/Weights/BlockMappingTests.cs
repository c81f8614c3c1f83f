using System.Runtime.InteropServices;
using Backend.Onnx.Weights;
using Spud;
using Xunit;

namespace Backend.Onnx.Tests.Weights;

public sealed class BlockMappingTests
{
    [Theory]
    [InlineData(ElementType.Q4_0)]
    [InlineData(ElementType.Q5_0)]
    [InlineData(ElementType.Q8_0)]
    [InlineData(ElementType.IQ4_NL)]
    [InlineData(ElementType.Q3_K)]
    [InlineData(ElementType.Q6_K)]
    public void CodesTimesScalesAreTheValues(ElementType type)
    {
        string name = type.ToString().ToLowerInvariant();
        byte[] bytes = File.ReadAllBytes(TestData.Path($"dequant/{name}.bin"));
        float[] values = [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path($"dequant/{name}.f32")))];
        BlockMapping mapping = BlockMapping.Of(type, ActivationPrecision.Q8)!.Value;
        byte[] codes = new byte[values.Length * mapping.Bits / 8];
        float[] scales = new float[values.Length / mapping.Elements];
        mapping.Map(type, bytes, values, codes, scales);
        for (int i = 0; i < values.Length; i++)
        {
            int code = mapping.Bits == 8 ? codes[i] : codes[i / 2] >> (4 * (i & 1)) & 15;
            Assert.Equal(values[i], (code - mapping.ZeroPoint) * scales[i / mapping.Elements], 1e-7f * Math.Abs(values[i]));
        }
    }

    [Theory]
    [InlineData(ElementType.Q4_1)]
    [InlineData(ElementType.Q4_K)]
    [InlineData(ElementType.Q5_K)]
    [InlineData(ElementType.F16)]
    public void FormatsWithAMinimumAreExpanded(ElementType type)
    {
        Assert.Null(BlockMapping.Of(type, ActivationPrecision.Q8));
        Assert.Null(BlockMapping.Of(type, ActivationPrecision.F32));
    }

    [Fact]
    public void CodesThatDoNotFitOneArrayAreRefusedWithWhatToDo()
    {
        BlockMapping fourBits = new(32, 4);
        Assert.Equal(1L << 30, WeightReader.CodeBytes(fourBits, 1 << 16, 1 << 15));
        RefusedException refused = Assert.Throws<RefusedException>(() => WeightReader.CodeBytes(fourBits, 1 << 17, 1 << 15));
        Assert.Contains("131072 x 32768", refused.Message);
        Assert.Contains("weights to f16", refused.Message);
    }

    [Fact]
    public void ExactActivationsTakeFourBitsOnly()
    {
        Assert.Equal(new BlockMapping(32, 4), BlockMapping.Of(ElementType.Q4_0, ActivationPrecision.F32));
        Assert.Null(BlockMapping.Of(ElementType.Q8_0, ActivationPrecision.F32));
    }
}
