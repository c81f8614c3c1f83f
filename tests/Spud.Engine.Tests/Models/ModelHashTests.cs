using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

public sealed class ModelHashTests
{
    private static readonly string s_model = TestData.Path("stories260K/stories260K-f32.gguf");

    [Fact]
    public void ACopyIsTheSameModel()
    {
        using TempFolder folder = new();
        string hash = Of(s_model);
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, Of(folder.Write("copy.gguf", File.ReadAllBytes(s_model))));
    }

    [Fact]
    public void OtherMetadataOtherWeightsAndAnotherFormatAreOtherModels()
    {
        using TempFolder folder = new();
        byte[] bytes = File.ReadAllBytes(s_model);
        string[] hashes =
        [
            Of(s_model), Of(folder.Write("last.gguf", Changed(bytes, bytes.Length - 1))), Of(folder.Write("name.gguf", Changed(bytes, bytes.AsSpan().IndexOf("<unk>"u8)))),
            Of(TestData.Path("stories260K/stories260K-q8_0.gguf")), Of(TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf")),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void EveryTensorIsSampledAtItsBeginningMiddleAndEnd()
    {
        using TempFolder folder = new();
        byte[] bytes = File.ReadAllBytes(s_model);
        using GgufFile file = GgufFile.Open(s_model);
        string hash = ModelHash.Of(file);
        foreach (GgufTensor tensor in file.Tensors.Where((_, i) => i % 9 == 0))
        {
            foreach (long at in new[] { 0, tensor.Bytes / 2, tensor.Bytes - 1 })
                Assert.NotEqual(hash, Of(folder.Write("changed.gguf", Changed(bytes, (int)(tensor.Offset + at)))));
        }
    }

    private static byte[] Changed(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 1;
        return changed;
    }

    private static string Of(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return ModelHash.Of(file);
    }
}
