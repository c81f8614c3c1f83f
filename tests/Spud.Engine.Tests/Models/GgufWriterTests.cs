using System.Runtime.InteropServices;
using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

public sealed class GgufWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, "written.gguf");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        GgufWriter writer = new();
        writer.Set("general.architecture", "llama");
        writer.Set("some.count", 7);
        writer.Set("some.number", 1.5f);
        writer.Set("some.truth", true);
        writer.Set("some.texts", ["", "naïve", "漢字"]);
        writer.Set("some.floats", [0.5f, float.NegativeInfinity]);
        writer.Set("some.ints", [-1, int.MaxValue]);
        writer.Add("odd", ElementType.F32, [3], Floats(1, 2, 3));
        writer.Add("matrix", ElementType.F32, [2, 3], Floats(1, 2, 3, 4, 5, 6));
        writer.Add("blocks", ElementType.Q8_0, [2, 32], stream => stream.Write(new byte[68]));
        writer.Save(Path);

        using GgufFile file = GgufFile.Open(Path);
        GgufMetadata keys = file.Metadata;
        Assert.Equal(("llama", 7, 1.5f, true), (keys.RequireString("general.architecture"), keys.RequireInt("some.count"), keys.RequireFloat("some.number"), keys.RequireBool("some.truth")));
        Assert.Equal(["", "naïve", "漢字"], keys.RequireStrings("some.texts"));
        Assert.Equal([0.5f, float.NegativeInfinity], keys.RequireFloats("some.floats"));
        Assert.Equal([-1, int.MaxValue], keys.RequireInts("some.ints"));
        Assert.Equal(["odd F32 [3]", "matrix F32 [2, 3]", "blocks Q8_0 [2, 32]"], file.Tensors.Select(static tensor => tensor.ToString()));
        Assert.Equal([1, 2, 3], file.ReadFloats(file.Tensors[0]));
    }

    [Fact]
    public void KeysAndTensorsOfAModelAreCopiedByteByByte()
    {
        using GgufFile source = GgufFile.Open(TestData.Path("stories260K/stories260K-q8_0.gguf"));
        GgufWriter writer = new();
        foreach (string key in source.Metadata.Keys)
            writer.Copy(source.Metadata, key);
        foreach (GgufTensor tensor in source.Tensors)
            writer.Add(tensor.Name, tensor.Type, tensor.Shape.AsSpan(), stream => stream.Write(Bytes(source, tensor)));
        writer.Save(Path);

        using GgufFile copy = GgufFile.Open(Path);
        Assert.Equal(source.Metadata.Keys, copy.Metadata.Keys);
        Assert.All(source.Metadata.Keys, key => Assert.True(source.Metadata.HasSameValue(copy.Metadata, key), key));
        Assert.Equal(source.Tensors.Select(static tensor => tensor.ToString()), copy.Tensors.Select(static tensor => tensor.ToString()));
        Assert.All(source.Tensors.Zip(copy.Tensors), pair => Assert.True(Bytes(source, pair.First).AsSpan().SequenceEqual(Bytes(copy, pair.Second)), pair.First.Name));
    }

    [Fact]
    public void ATensorThatWritesTooLittleLeavesNoFile()
    {
        File.WriteAllText(Path, "older");
        GgufWriter writer = new();
        writer.Add("short", ElementType.F32, [4], Floats(1, 2, 3));
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => writer.Save(Path));
        Assert.Equal("short: expected 16 bytes, got 12.", fault.Message);
        Assert.Equal("older", File.ReadAllText(Path));
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void ImpossibleTensorsAreRefused()
    {
        GgufWriter writer = new();
        writer.Add("taken", ElementType.F32, [1], Floats(0));
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => writer.Add("taken", ElementType.F32, [1], Floats(0))).Message);
        Assert.Contains("a multiple of 32", Assert.Throws<ArgumentException>(() => writer.Add("rows", ElementType.Q8_0, [2, 33], Floats(0))).Message);
        Assert.Contains("1 to 4 axes", Assert.Throws<ArgumentException>(() => writer.Add("axes", ElementType.F32, [1, 1, 1, 1, 1], Floats(0))).Message);
        Assert.Contains("1 to 64 bytes", Assert.Throws<ArgumentException>(() => writer.Add(new string('n', 65), ElementType.F32, [1], Floats(0))).Message);
    }

    private static Action<Stream> Floats(params float[] values) => stream => stream.Write(MemoryMarshal.AsBytes<float>(values));

    private static unsafe byte[] Bytes(GgufFile file, GgufTensor tensor) => new ReadOnlySpan<byte>((void*)file.AddressOf(tensor), (int)tensor.Bytes).ToArray();
}
