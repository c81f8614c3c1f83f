using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

public sealed class GgufFileTests
{
    public static TheoryData<string> RealFiles { get; } =
    [
        .. Directory.EnumerateFiles(TestData.Root + "/tests/data", "*.gguf", SearchOption.AllDirectories)
            .Append(TestData.DefaultModel)
            .Select(path => System.IO.Path.GetRelativePath(TestData.Root, path))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(RealFiles))]
    public void ARealFileOpensAndEveryKeyAndTensorCanBeRead(string path)
    {
        using GgufFile file = GgufFile.Open(System.IO.Path.Combine(TestData.Root, path));
        string architecture = file.Metadata.RequireString("general.architecture");
        Assert.InRange(file.Metadata.RequireInt($"{architecture}.block_count"), 1, 100);
        Assert.NotEmpty(file.Metadata.RequireStrings("tokenizer.ggml.tokens"));
        Assert.Equal(file.Metadata.Keys.Count + file.Tensors.Length, GgufProbe.ReadEverything(file));
        Assert.Empty(file.Metadata.Unread);

        long end = file.Tensors.Max(tensor => tensor.Offset + tensor.Bytes);
        Assert.InRange(file.FileBytes - end, 0, 31); // nothing but padding lies behind the last tensor
    }

    [Fact]
    public void TheDefaultModelIsWhatItsCardSays()
    {
        using GgufFile file = GgufFile.Open(TestData.DefaultModel);
        Assert.Equal(3, file.Version);
        Assert.Equal("llama", file.Metadata.RequireString("general.architecture"));
        Assert.Equal(30, file.Metadata.RequireInt("llama.block_count"));
        Assert.Equal(49152, file.Metadata.RequireStrings("tokenizer.ggml.tokens").Length);
        Assert.True(file.TryGetTensor("blk.0.ffn_down.weight", out GgufTensor? down));
        Assert.Equal([576, 1536], down.Shape);
        Assert.Equal("blk.0.ffn_down.weight Q4_1 [576, 1536]", down.ToString());
        Assert.False(file.TryGetTensor("blk.30.ffn_down.weight", out _));
    }

    [Theory]
    [InlineData(2u, 32)]
    [InlineData(3u, 32)]
    [InlineData(3u, 4096)]
    public unsafe void VersionAlignmentShapeAndDataComeBack(uint version, int alignment)
    {
        using TempFolder folder = new();
        GgufBuilder builder = new() { Version = version, Alignment = alignment };
        builder.Set("general.alignment", (uint)alignment).Add("a", [2, 3], [1, 2, 3, 4, 5, 6]).Add("b", ElementType.I8, [5], [5, 4, 3, 2, 1]);
        using GgufFile file = GgufFile.Open(folder.Write("m.gguf", builder.Build()));

        Assert.Equal((int)version, file.Version);
        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], file.Tensors[0].Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], new ReadOnlySpan<float>((void*)file.AddressOf(file.Tensors[0]), 6).ToArray());
        Assert.Equal([5, 4, 3, 2, 1], new ReadOnlySpan<byte>((void*)file.AddressOf(file.Tensors[1]), 5).ToArray());
        Assert.All(file.Tensors, tensor => Assert.Equal(0, tensor.Offset % alignment));
    }

    [Fact]
    public unsafe void AFileLargerThanMemoryMapsAndItsLastTensorIsFound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a file system with sparse files");
        const ulong offset = 1ul << 38; // 256 GiB, nearly all of it a hole
        using TempFolder folder = new();
        byte[] header = new GgufBuilder().AddRaw("far", (uint)ElementType.I8, [32], [], offset).Build();
        string path = folder.File("huge.gguf");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(header);
            stream.Position = (header.Length + 31) / 32 * 32 + (long)offset;
            stream.Write(Enumerable.Repeat((byte)42, 32).ToArray());
        }

        using GgufFile file = GgufFile.Open(path);
        Assert.Equal((long)offset + 96, file.FileBytes);
        Assert.Equal(42, *(byte*)file.AddressOf(file.Tensors[0]));
    }

    [Fact]
    public void AFileWithoutTensorsOpens()
    {
        using TempFolder folder = new();
        using GgufFile file = GgufFile.Open(folder.Write("vocab.gguf", new GgufBuilder().Set("a", 1).Build()));
        Assert.Empty(file.Tensors);
    }

    [Fact]
    public unsafe void AWriteStaysPrivateAndReleaseTakesItBack()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pages are dropped on Linux alone");
        using TempFolder folder = new();
        int page = Environment.SystemPageSize;
        byte[] data = [.. Enumerable.Repeat((byte)7, 4 * page)];
        string path = folder.Write("m.gguf", new GgufBuilder().Add("t", ElementType.I8, [data.Length], data).Build());
        byte[] before = File.ReadAllBytes(path);

        using GgufFile file = GgufFile.Open(path);
        GgufTensor tensor = file.Tensors[0];
        Span<byte> bytes = new((void*)file.AddressOf(tensor), data.Length);
        bytes.Fill(9);
        Assert.Equal(before, File.ReadAllBytes(path));

        file.Release(tensor);
        Assert.Equal(7, bytes[2 * page]); // a whole page inside: the file's again
        Assert.Equal(9, bytes[0]); // shares its page with the header: kept
        Assert.Equal(9, bytes[^1]);
    }

    [Fact]
    public void ALinkToAModelOpens()
    {
        using TempFolder folder = new();
        string target = folder.Write("blob", new GgufBuilder().Set("a", 1).Build());
        string link = File.CreateSymbolicLink(folder.File("m.gguf"), target).FullName;
        using GgufFile file = GgufFile.Open(link);
        Assert.Equal(link, file.Path);
    }

    [Fact]
    public void AClosedFileRefusesInsteadOfCrashing()
    {
        GgufFile file = GgufFile.Open(TestData.Path("families/llama.gguf"));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.AddressOf(file.Tensors[0]));
        Assert.Throws<ObjectDisposedException>(() => file.Release(file.Tensors[0]));
        Assert.Throws<ObjectDisposedException>(() => file.Metadata.RequireString("general.architecture"));
    }

    [Fact]
    public void ATensorOfAnotherFileIsRefused()
    {
        using GgufFile one = GgufFile.Open(TestData.Path("families/llama.gguf"));
        using GgufFile other = GgufFile.Open(TestData.Path("families/llama.gguf"));
        Assert.Throws<ArgumentException>(() => one.AddressOf(other.Tensors[0]));
    }

    [Fact]
    public void ThePortableMappingReadsTheSameBytes()
    {
        string path = TestData.Path("families/llama.gguf");
        using MappedFile file = MappedFile.Open(path, portable: true);
        Assert.Equal(File.ReadAllBytes(path), file.Bytes(0, (int)file.Length));
    }
}
