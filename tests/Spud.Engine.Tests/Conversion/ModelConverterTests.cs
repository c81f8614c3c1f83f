using Spud.Conversion;
using Spud.Models;
using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Tests.Conversion;

public sealed class ModelConverterTests : IDisposable
{
    private const string Stories = "stories260K/stories260K-f32.gguf";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The files were made by llama-quantize of the same f32 file.
    [Theory]
    [InlineData(ElementType.F16, ElementType.F16, "stories260K/stories260K-f16.gguf")]
    [InlineData(ElementType.BF16, ElementType.BF16, "stories260K/stories260K-bf16.gguf")]
    [InlineData(ElementType.Q8_0, ElementType.Q8_0, "stories260K/stories260K-q8_0.gguf")]
    [InlineData(ElementType.Q4_0, ElementType.Q8_0, "stories260K/stories260K-q4_0.gguf")]
    public void TensorsAreThoseOfLlamaCppByteByByte(ElementType type, ElementType headType, string reference)
    {
        string path = _folder.File("converted.gguf");
        using GgufFile source = GgufFile.Open(TestData.Path(Stories));
        new ModelConverter(source, new(type, headType)).Save(path, TestContext.Current.CancellationToken);

        using GgufFile converted = GgufFile.Open(path), expected = GgufFile.Open(TestData.Path(reference));
        Assert.Equal(expected.Tensors.Length, converted.Tensors.Length);
        int compared = 0;
        foreach (GgufTensor tensor in expected.Tensors)
        {
            Assert.True(converted.TryGetTensor(tensor.Name, out GgufTensor? own));
            // Rows that are not whole blocks: llama.cpp takes F16, or a format that Spud does not write.
            if (own.Type != tensor.Type)
                continue;
            Assert.Equal(tensor.Shape, own.Shape);
            Assert.True(Bytes(expected, tensor).SequenceEqual(Bytes(converted, own)), tensor.ToString());
            compared++;
        }

        Assert.True(compared >= expected.Tensors.Length - 5, $"only {compared} tensors of {expected.Tensors.Length} have the type that llama.cpp gave them");
    }

    [Fact]
    public void VectorsAndRoutersStayAndKeysAreCopied()
    {
        string path = _folder.File("converted.gguf");
        using GgufFile source = GgufFile.Open(TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"));
        ConversionSummary summary = new ModelConverter(source, new(ElementType.Q8_0)).Save(path, TestContext.Current.CancellationToken);

        using GgufFile converted = GgufFile.Open(path);
        foreach (GgufTensor tensor in converted.Tensors)
        {
            bool stays = tensor.Shape.Length == 1 || tensor.Name.EndsWith("ffn_gate_inp.weight", StringComparison.Ordinal);
            Assert.Equal(stays, tensor.Type == ElementType.F32);
        }

        // Tensors are aligned to 32 bytes, the default.
        string[] own = ["general.file_type", "general.quantization_version", "general.alignment"];
        Assert.All(source.Metadata.Keys.Except(own), key => Assert.True(source.Metadata.HasSameValue(converted.Metadata, key), key));
        Assert.Equal(7, converted.Metadata.RequireInt("general.file_type"));
        Assert.Equal(converted.Tensors.Sum(static tensor => tensor.Bytes), summary.Bytes);
        Assert.Equal(converted.Tensors.CountBy(static tensor => tensor.Type).ToDictionary(), summary.Tensors);
    }

    [Fact]
    public void RowsThatAreNotWholeBlocksGetThe8BitFormatOrHalves()
    {
        string path = _folder.File("converted.gguf");
        using GgufFile source = GgufFile.Open(TestData.Path(Stories));
        ConversionSummary summary = new ModelConverter(source, new(ElementType.Q4_K)).Save(path, TestContext.Current.CancellationToken);

        // C 64 and F 172: no multiples of 256, and 172 none of 32.
        Assert.Equal(ElementType.Q8_0, summary.Substituted["blk.0.ffn_up.weight"]);
        Assert.Equal(ElementType.F16, summary.Substituted["blk.0.ffn_down.weight"]);
    }

    // What is lost is what rounding loses: expanded again, a converted model is what its blocks say.
    [Theory]
    [InlineData(ElementType.Q4_1, 0.1)]
    [InlineData(ElementType.Q4_K, 0.1)]
    [InlineData(ElementType.Q6_K, 0.03)]
    public void AQuantisedModelConvertsBackToNearItsWeights(ElementType type, double tolerance)
    {
        string narrow = _folder.File("narrow.gguf"), wide = _folder.File("wide.gguf");
        using GgufFile source = GgufFile.Open(TestData.Path("quantised/base-f16.gguf"));
        new ModelConverter(source, new(type)).Save(narrow, TestContext.Current.CancellationToken);
        using (GgufFile quantised = GgufFile.Open(narrow))
            new ModelConverter(quantised, new(ElementType.F32)).Save(wide, TestContext.Current.CancellationToken);

        using GgufFile back = GgufFile.Open(wide);
        foreach (GgufTensor tensor in source.Tensors.Where(static tensor => tensor.Shape.Length == 2))
        {
            Assert.True(back.TryGetTensor(tensor.Name, out GgufTensor? own));
            float[] before = Expanded(source, tensor), after = Expanded(back, own);
            double error = Math.Sqrt(before.Zip(after).Sum(static pair => Math.Pow(pair.First - pair.Second, 2)) / before.Sum(static value => (double)value * value));
            Assert.InRange(error, 1e-4, tolerance);
        }
    }

    [Fact]
    public void AFormatThatSpudDoesNotWriteIsRefused()
    {
        using GgufFile source = GgufFile.Open(TestData.Path(Stories));
        Assert.Contains("Known: F32, F16, Q4_0, Q4_1, Q8_0, Q4_K, Q6_K, BF16", Assert.Throws<ArgumentException>(() => new ModelConverter(source, new(ElementType.IQ4_XS))).Message);
    }

    private static unsafe ReadOnlySpan<byte> Bytes(GgufFile file, GgufTensor tensor) => new((void*)file.AddressOf(tensor), (int)tensor.Bytes);

    private static float[] Expanded(GgufFile file, GgufTensor tensor)
    {
        float[] values = new float[tensor.Shape[0] * tensor.Shape[1]];
        Expansion.ToF32((int)tensor.Type, Bytes(file, tensor), values);
        return values;
    }
}
